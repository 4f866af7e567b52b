/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The operator's screen in a browser: node status.js URL FLAG-FILE SHOTS-DIR.
 * The server is that of t/status/browser.t: an outage.
 */

'use strict';

const fs = require('fs');

const launch = require('./launch.js');
const { ok, is, test, runAll, until } = require('./tap.js');

const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [url, flag, shots] = process.argv.slice(2);

/* 80 columns of a terminal's font, and a phone */
const SIZES = { desktop: [800, 900], phone: [360, 740] };

let browser;


async function visit(options, run) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const complaints = [];

    page.on('console', (m) => complaints.push(m.text()));
    page.on('pageerror', (e) => complaints.push(String(e)));

    try {
        await page.goto(url);
        await run(page, complaints);

    } finally {
        await context.close();
    }
}


for (const [name, [width, height]] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark']) {
        test(`screen: ${name}, ${colorScheme}`, async () => {
            const options = { colorScheme, viewport: { width, height } };
            const what = `${name}, ${colorScheme}`;

            await visit(options, async (page, complaints) => {
                await page.evaluate(axe);
                is((await page.evaluate(() => axe.run())).violations.map(
                    (v) => `${v.id}: ${v.nodes[0].html}`), [],
                   `${what}: axe finds nothing`);
                ok(await page.evaluate(() => document.documentElement
                    .scrollWidth <= innerWidth), `${what}: nothing sticks out`);
                is(complaints, [], `${what}: the console is silent`);
                await page.screenshot({ path: `${shots}/${name}-`
                    + `${colorScheme}.png`, fullPage: true });
            });
        });
    }
}


test('screen: it refreshes itself, and can be stopped', async () => {
    await visit({}, async (page, complaints) => {
        is(await page.textContent('.k'), 'P1 · outage', 'an outage');

        fs.writeFileSync(flag, 'status: We <b>repair</b> it.\n');
        await until(async () => await page.textContent('dd')
            === 'We <b>repair</b> it.', 20000);
        is(await page.textContent('dd'), 'We <b>repair</b> it.',
           'the screen follows the flag, and texts stay texts');
        is(await page.textContent('.k'), 'P1 · outage',
           'which gives the outage its words');

        await page.click('button');
        is(await page.textContent('button'), 'Go on', 'it can be paused');
        fs.rmSync(flag);
        await page.waitForTimeout(5000);
        is(await page.textContent('dd'), 'We <b>repair</b> it.',
           'then it stays');
        await page.click('button');
        await until(async () => await page.textContent('dd')
            !== 'We <b>repair</b> it.', 20000);
        ok(await page.textContent('dd') !== 'We <b>repair</b> it.',
           'and goes on');
        is(complaints, [], 'the console is silent');
    });
});


test('screen: figures are drawn, and what is open stays open', async () => {
    await visit({}, async (page, complaints) => {
        const box = await page.locator('svg.strip:visible').first()
            .boundingBox();

        ok(box.width > 200 && box.height > 20, 'a strip is seen');
        ok(await page.locator('svg.strip path.fx').first().isVisible(),
           'with what failed in it');
        ok((await page.locator('section svg.band').boundingBox()).width > 600,
           'and the last day');

        const fill = (name) => page.evaluate((c) => getComputedStyle(document
            .querySelector(c)).fill, name);

        ok(await fill('.fx') !== await fill('.fo'), 'colours tell them apart');

        const at = () => page.textContent('header .m');
        const was = await at();

        await page.locator('summary').first().focus();
        await page.keyboard.press('Enter');
        await until(async () => await at() !== was, 20000);
        ok(await page.locator('details').first().evaluate((d) => d.open),
           'what was opened stays open when the screen is fresh');
        is(await page.evaluate(() => document.activeElement.tagName),
           'SUMMARY', 'and keeps the focus');
        is(complaints, [], 'the console is silent');
    });
});


test('screen: without JavaScript', async () => {
    await visit({ javaScriptEnabled: false }, async (page) => {
        is(await page.textContent('.k'), 'P1 · outage', 'it says the same');
        ok(!await page.isVisible('button'), 'and offers nothing that it lacks');
    });
});


async function main() {
    browser = await launch();

    try {
        return await runAll(process.argv.slice(5));

    } finally {
        await browser.close();
    }
}


main().then((rc) => process.exit(rc), (e) => {
    console.log(`Bail out! ${e.stack || e}`);
    process.exit(1);
});
