/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Debian's Chromium, silent: it asks nothing of the network by itself.
 */

'use strict';

const { chromium } = require('playwright-core');


module.exports = () => chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
           '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync'],
});
