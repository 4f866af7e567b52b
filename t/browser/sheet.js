/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Pictures of the page, for somebody to look at: of each look and language a
 * contact sheet of the widths and schemes, and of the states on a phone.
 *
 *     NODE_PATH=build/browser/node_modules node t/browser/sheet.js DIR [LANG...]
 */

'use strict';

const fs = require('fs');
const path = require('path');

const launch = require('./launch.js');
const { LOOKS, Site } = require('./site.js');

const FULL = ['--full'];
const PHONE = { width: 360, height: 640 };

const SHOTS = [
    ['phone', FULL, PHONE],
    ['dark', FULL, PHONE, { colorScheme: 'dark' }],
    ['320 px', FULL, { width: 320, height: 640 }],
    ['400 %', FULL, { width: 320, height: 256 }],
    ['forced colours', FULL, PHONE, { forcedColors: 'active' }],
    ['print', FULL, { width: 640, height: 800 }, { media: 'print' }],
    ['wide', FULL, { width: 1280, height: 800 }],
    ['wide, dark', FULL, { width: 1280, height: 800 }, { colorScheme: 'dark' }],
    ['unsent', ['--full', '--post=unsent'], PHONE],
    ['unknown, late', ['--state=outage', '--eta=-5', '--post=unknown'], PHONE],
    ['words in an outage', ['--state=outage', '--full', '--eta=3000'], PHONE],
    ['browse', ['--state=browse', '--eta=130', '--full'], PHONE],
    ['paths', ['--state=paths', '--eta=0'], PHONE],
    ['reopening', ['--state=reopening', '--eta=3', '--full'], PHONE],
    ['busy', ['--state=busy'], PHONE],
];

const NONE = { colorScheme: 'light', forcedColors: 'none', media: 'screen' };


async function shots(page, site, lang, look) {
    const cells = [];

    for (const [name, args, viewport, media] of SHOTS) {
        site.args = [`--lang=${lang}`, `--look=${look}`,
                     ...args];
        await page.setViewportSize(viewport);
        await page.emulateMedia({ ...NONE, ...media });
        await page.goto(site.url);
        cells.push(`<figure><figcaption>${name}</figcaption><img src="data:`
                   + `image/png;base64,${(await page.screenshot({
                       fullPage: args === FULL && viewport === PHONE && !media,
                   })).toString('base64')}"></figure>`);
    }

    return cells;
}


/* in a page of its own: the other has the policy of the last one seen */
async function print(context, cells, file) {
    const page = await context.newPage();

    await page.setViewportSize({ width: 2000, height: 100 });
    await page.setContent('<style>body{margin:8px;background:#888;font:16px '
        + 'sans-serif}figure{display:inline-block;margin:4px;vertical-align:'
        + 'top}img{max-height:600px}</style>' + cells.join(''));
    await page.screenshot({ fullPage: true, path: file });
    await page.close();
}


async function main() {
    const [dir, ...langs] = process.argv.slice(2);
    const site = new Site();
    const browser = await launch();
    const context = await browser.newContext({ timezoneId: 'Europe/Berlin' });
    const page = await context.newPage();

    fs.mkdirSync(dir, { recursive: true });
    await site.start();

    for (const lang of langs.length ? langs : ['de', 'ar', 'ja']) {
        for (const look of LOOKS) {
            await print(context, await shots(page, site, lang, look),
                        path.join(dir, `${lang}-${look}.png`));
        }
    }

    await browser.close();
    site.stop();
}


main();
