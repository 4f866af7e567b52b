
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The mutex of a zone as the master takes it.  While it reads a configuration
 * SIGCHLD is blocked (ngx_master_process_cycle() in
 * src/os/unix/ngx_process_cycle.c), so that nobody forces open what a worker
 * held when it was killed: that is done here.
 */


#include "state/lock.h"

#include <sys/wait.h>


static ngx_uint_t ngx_shop_lock_dead(ngx_pid_t pid);


/* for so long a worker is waited for that lives; ms */
#define NGX_SHOP_LOCK_WAIT  5000


ngx_int_t
ngx_shop_lock_take(ngx_slab_pool_t *shpool, ngx_log_t *log)
{
    ngx_pid_t   pid;
    ngx_uint_t  i;

    pid = 0;

    for (i = 0; i < NGX_SHOP_LOCK_WAIT; i++) {

        if (ngx_shmtx_trylock(&shpool->mutex)) {
            return NGX_OK;
        }

        pid = (ngx_pid_t) *shpool->mutex.lock;

        if (pid && ngx_shop_lock_dead(pid)
            && ngx_shmtx_force_unlock(&shpool->mutex, pid))
        {
            ngx_log_error(NGX_LOG_NOTICE, log, 0,
                          "shop failover: shared memory was locked by process "
                          "%P, which is dead", pid);
            continue;
        }

        ngx_msleep(1);
    }

    ngx_log_error(NGX_LOG_EMERG, log, 0,
                  "shop failover: shared memory is locked by process %P, "
                  "which does not go on: the configuration stays as it is; "
                  "end that process and reload again", pid);

    return NGX_BUSY;
}


/* a child of this process that nobody has waited for, or no process at all */

static ngx_uint_t
ngx_shop_lock_dead(ngx_pid_t pid)
{
    siginfo_t  info;

    ngx_memzero(&info, sizeof(siginfo_t));

    if (waitid(P_PID, (id_t) pid, &info, WEXITED|WNOHANG|WNOWAIT) == 0) {
        return info.si_pid == pid;
    }

    return kill(pid, 0) == -1 && ngx_errno == NGX_ESRCH;
}
