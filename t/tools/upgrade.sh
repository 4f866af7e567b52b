#!/bin/bash
#
# Copyright (C) ngx_shop_failover_module authors
#
# Upgrades a machine to the next release of Debian while its nginx serves a
# shop, with our package on it, and looks whether there still is a shop, before
# and after.  It changes the system that it runs in for good: only for a room,
#
#   make test-distros SUITES=bookworm DISTROS_RUN=t/tools/upgrade.sh
#
# With DEB= that package is tried, else one is made; NEXT= is the release.

set -euo pipefail

export DEBIAN_FRONTEND=noninteractive
readonly NEXT=${NEXT:-trixie}


die() {
    echo "upgrade: $*" >&2
    nginx -t >&2 || true
    exit 1
}


answer() {
    printf 'GET / HTTP/1.0\r\nHost: shop\r\n\r\n' |
        timeout 5 perl -MIO::Socket::INET -e '
            my $s = IO::Socket::INET->new("127.0.0.1:80") or exit 1;
            print $s <STDIN>; $s->flush; print <$s>' | tr -d '\r'
}


# serves WHAT: within ten seconds
serves() {
    local i

    for i in $(seq 100); do
        ! answer | grep -q "$1" || return 0
        sleep 0.1
    done

    die "no \"$1\" $2"
}


look() {
    echo "upgrade: $1: $(nginx -v 2>&1), the package is" \
        "$(dpkg-query -W -f='${Version}, ${db:Status-Status}' \
            libnginx-mod-http-shop-failover)"
    nginx -t -q || die "nginx does not start $1"

    [[ $(readlink "/proc/$(cat /run/nginx.pid)/exe") == /usr/sbin/nginx ]] ||
        die "what runs is not what is installed $1"
    serves 'hello' "$1"
    echo 'status: We upgrade.' > /run/shop-flag
    serves 'We upgrade' "$1"
    rm /run/shop-flag
    serves 'hello' "$1"
}


[[ $(id -u) == 0 && ! -d /run/systemd/system ]] ||
    die "this is not a room: a machine that runs is not upgraded"

# services are started and restarted, as on a machine
printf '#!/bin/sh\nexit 0\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d

deb=${DEB:-$(make -s deb | tail -n 1)}

apt-get -qq update
apt-get -qq install -y nginx perl "$(realpath "$deb")" > /tmp/install.log 2>&1 ||
    { tail /tmp/install.log; die "the package is not installed"; }

cat > /etc/nginx/sites-enabled/default << END
upstream shop { server 127.0.0.1:8991; shop_health_check; }
server { listen 127.0.0.1:8991; return 200 "hello\n"; }
server {
    listen 80;
    shop_maintenance /run/shop-flag;
    location / { proxy_pass http://shop; }
}
END

invoke-rc.d nginx restart || /etc/init.d/nginx start
look "before"

for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
    [[ ! -e $file ]] ||
        sed -i "s/$(. /etc/os-release; echo "$VERSION_CODENAME")/$NEXT/g" "$file"
done

# what people type
apt-get -qq update
apt-get full-upgrade -y > /tmp/upgrade.log 2>&1 ||
    { tail -n 30 /tmp/upgrade.log; die "apt full-upgrade failed"; }

look "after apt full-upgrade"
/etc/init.d/nginx stop
/etc/init.d/nginx start
look "after a restart"

apt-get remove -y libnginx-mod-http-shop-failover > /tmp/remove.log 2>&1
grep -q 'WARNING: .* nginx still needs it' /tmp/remove.log ||
    die "a removal did not warn"
echo "upgrade: all is well"
