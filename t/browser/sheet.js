/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Pictures of the page, for somebody to look at: every look in some languages,
 * widths and schemes, beside each other in contact sheets.
 *
 *     NODE_PATH=build/browser/node_modules node t/browser/sheet.js DIR [LANG...]
 */

'use strict';

const fs = require('fs');
const path = require('path');

const launch = require('./launch.js');
const { LOOKS, Site } = require('./site.js');

const SHOTS = [
    { width: 360, height: 640, colorScheme: 'light' },
    { width: 360, height: 640, colorScheme: 'dark' },
    { width: 1280, height: 800, colorScheme: 'light' },
];

const STATES = [['--full'], ['--state=outage'],
                ['--full', '--eta=3000', '--post=unsent']];


async function main() {
    const [dir, ...langs] = process.argv.slice(2);
    const site = new Site();
    const browser = await launch();

    fs.mkdirSync(dir, { recursive: true });
    await site.start();

    for (const lang of langs.length ? langs : ['de', 'ar', 'ja']) {
        const cells = [];

        for (const look of LOOKS) {
            for (const [n, state] of STATES.entries()) {
                for (const shot of SHOTS) {
                    const { colorScheme, ...viewport } = shot;
                    const context = await browser.newContext(
                        { viewport, colorScheme, timezoneId: 'Europe/Berlin' });
                    const page = await context.newPage();

                    site.args = [`--lang=${lang}`, `--look=${look}`, ...state];
                    await page.goto(site.url);
                    cells.push([look, n, (await page.screenshot())
                        .toString('base64')]);
                    await context.close();
                }
            }
        }

        const context = await browser.newContext(
            { viewport: { width: 2040, height: 100 } });
        const page = await context.newPage();

        for (const look of LOOKS) {
            await page.setContent('<body style="margin:8px;background:#888">'
                + cells.filter((c) => c[0] === look)
                       .map((c) => '<img style="margin:4px;height:560px" src='
                            + `"data:image/png;base64,${c[2]}">`).join(''));
            await page.screenshot({ fullPage: true,
                path: path.join(dir, `${lang}-${look}.png`) });
        }
        await context.close();
    }

    await browser.close();
    site.stop();
}


main();
