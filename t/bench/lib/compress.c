
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Compresses one file by the module's choice of effort and by the best that
 * the libraries can, in turn; prints medians of processor time.
 *
 *     compress ROUNDS FILE
 */


#define _GNU_SOURCE

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "logic/words/effort.h"


#define ROOM    (320 * 1024)
#define ROUNDS  101


typedef int (*br_pt)(int quality, int lgwin, int mode, size_t len,
    const uint8_t *data, size_t *room, uint8_t *to);


static uint8_t  page[ROOM], packed[2 * ROOM];
static size_t   len;
static br_pt    br;


static double
milliseconds(void)
{
    struct timespec  ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);

    return (double) ts.tv_sec * 1000 + (double) ts.tv_nsec / 1000000;
}


static size_t
brotli(const ngx_shop_effort_t *effort)
{
    size_t  room;

    room = sizeof(packed);

    return br(effort->br_quality, effort->br_window, 1, len, page, &room,
              packed) ? room : 0;
}


static size_t
gzip(const ngx_shop_effort_t *effort)
{
    z_stream  z;

    memset(&z, 0, sizeof(z_stream));

    if (deflateInit2(&z, effort->gzip_level, Z_DEFLATED, MAX_WBITS + 16, 9,
                     effort->huffman && ngx_shop_effort_dense(page, len)
                     ? Z_HUFFMAN_ONLY : Z_DEFAULT_STRATEGY)
        != Z_OK)
    {
        return 0;
    }

    z.next_in = page;
    z.avail_in = (uInt) len;
    z.next_out = packed;
    z.avail_out = sizeof(packed);

    (void) deflate(&z, Z_FINISH);
    (void) deflateEnd(&z);

    return z.total_out;
}


static int
compare(const void *a, const void *b)
{
    double  d;

    d = *(const double *) a - *(const double *) b;

    return d < 0 ? -1 : d > 0;
}


static void
run(const char *name, size_t (*pack)(const ngx_shop_effort_t *), int rounds)
{
    int                       i, j;
    size_t                    bytes[2];
    double                    begin, took[2][ROUNDS], ratio[ROUNDS];
    const ngx_shop_effort_t  *effort[2];

    static const ngx_shop_effort_t  best = { 0, 11, 22, 9, 0 };

    effort[0] = ngx_shop_effort_for(len);
    effort[1] = &best;

    for (i = 0; i < rounds; i++) {
        for (j = 0; j < 2; j++) {
            begin = milliseconds();
            bytes[j] = pack(effort[j]);
            took[j][i] = milliseconds() - begin;
        }

        ratio[i] = took[1][i] / took[0][i];
    }

    qsort(took[0], (size_t) rounds, sizeof(double), compare);
    qsort(took[1], (size_t) rounds, sizeof(double), compare);
    qsort(ratio, (size_t) rounds, sizeof(double), compare);

    printf(" %-6s %8.2f %8.2f %8zu %9.2f %8zu %7.1f\n", name,
           took[0][rounds / 2], took[0][rounds - 1], bytes[0],
           took[1][rounds / 2], bytes[1], ratio[rounds / 2]);
}


int
main(int argc, char **argv)
{
    int    rounds;
    FILE  *f;
    void  *library;

    rounds = argc == 3 ? atoi(argv[1]) : 0;
    f = argc == 3 ? fopen(argv[2], "rb") : NULL;

    if (f == NULL || rounds < 1 || rounds > ROUNDS) {
        fprintf(stderr, "usage: compress ROUNDS FILE\n");
        return 1;
    }

    len = fread(page, 1, sizeof(page), f);
    fclose(f);

    run("gzip", gzip, rounds);

    library = dlopen("libbrotlienc.so.1", RTLD_NOW);

    if (library) {
        *(void **) (&br) = dlsym(library, "BrotliEncoderCompress");
        run("br", brotli, rounds);
    }

    return 0;
}
