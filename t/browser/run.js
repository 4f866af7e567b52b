/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Runs the browser tests; words choose tests by name:
 *
 *     NODE_PATH=build/browser/node_modules node t/browser/run.js axe
 */

'use strict';

const launch = require('./launch.js');
const { Site } = require('./site.js');
const tap = require('./tap.js');


async function main() {
    const site = new Site();
    const browser = await launch();

    await site.start();

    /* one page in a context of its own, and all that it complains about */
    async function visit(how, run) {
        const context = await browser.newContext(Object.assign(
            { timezoneId: 'Europe/Berlin' }, how.context));
        const page = await context.newPage();
        const seen = { complaints: [], requests: [] };

        site.reset();
        Object.assign(site, how.site);

        page.on('console', (m) => {
            if (!/status of 503/.test(m.text())) {
                seen.complaints.push(m.text());
            }
        });
        page.on('pageerror', (e) => seen.complaints.push(String(e)));
        page.on('request', (r) => seen.requests.push(r.url()));

        try {
            if (how.post) {
                await page.route('**/form', (r) => r.fulfill({
                    contentType: 'text/html',
                    body: `<form method="post" action="${how.post}">`
                          + '<button>Buy</button></form>',
                }));
                await page.goto(`${site.url}/form`);
                await Promise.all([page.waitForNavigation(),
                                   page.click('button')]);
                seen.requests.length = 0;

            } else {
                await page.goto(site.url + (how.path || '/lamps?page=2'));
            }
            await run(page, seen);

        } finally {
            await context.close();
        }
    }

    for (const part of ['texts', 'look', 'sweep', 'wait']) {
        require(`./${part}.js`)(tap, site, visit);
    }

    try {
        return await tap.runAll(process.argv.slice(2));

    } finally {
        await browser.close();
        site.stop();
    }
}


main().then((rc) => process.exit(rc), (e) => {
    console.log(`Bail out! ${e.stack || e}`);
    process.exit(1);
});
