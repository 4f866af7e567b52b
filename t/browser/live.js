/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A visitor of a shop behind the module: node live.js BASE-URL FLAG-FILE.
 * The server is that of t/page_browser.t.
 */

'use strict';

const fs = require('fs');
const zlib = require('zlib');

const launch = require('./launch.js');
const { LANGS } = require('./site.js');
const { ok, is, test, runAll, until } = require('./tap.js');

const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [base, flag] = process.argv.slice(2);

const NOTICE = `status: We are <repairing> the order database.
eta: +45m
next-update: +20m
contact: Order by phone: tel:+49-800-123456
update: 03:10 Cause found.
`;

let browser;


function close(text) {
    fs.writeFileSync(`${flag}.new`, text);
    fs.renameSync(`${flag}.new`, flag);
}


function open() {
    fs.rmSync(flag, { force: true });
}


/* the state that the page would see */
async function becomes(state) {
    return until(async () => {
        const s = await (await fetch(`${base}/.shop-status`)).json();

        return s.state === state && s;
    }, 15000);
}


async function visit(options, run) {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const seen = { complaints: [], requests: [] };

    page.on('console', (m) => {
        if (!/status of 50[234]/.test(m.text())) {
            seen.complaints.push(m.text());
        }
    });
    page.on('pageerror', (e) => seen.complaints.push(String(e)));
    page.on('request', (r) => seen.requests.push(`${r.method()} ${r.url()
        .replace(base, '')}`));

    try {
        await run(page, seen);

    } finally {
        await context.close();
    }
}


async function buy(page, path) {
    await page.goto(base + path);

    const [answer] = await Promise.all([page.waitForNavigation(),
                                        page.click('button')]);

    return answer.status();
}


for (const lang of LANGS) {
    test(`live: ${lang}`, async () => {
        close(NOTICE);
        await becomes('maintenance');

        await visit({ locale: lang }, async (page, seen) => {
            const answer = await page.goto(`${base}/lamps?page=2`);
            const body = await answer.body();

            is([answer.status(), await page.getAttribute('html', 'lang')],
               [503, lang], `${lang}: closed, in the visitor's language`);
            is(await page.textContent('#status'),
               'We are <repairing> the order database.',
               `${lang}: the operator's words are text`);
            is(await page.getAttribute('li a', 'href'), 'tel:+49-800-123456',
               `${lang}: the number can be called`);
            ok(await page.isVisible('#now'), `${lang}: the script has run`);
            await page.evaluate(axe);
            is((await page.evaluate(() => axe.run())).violations.map(
                (v) => v.id), [], `${lang}: axe finds nothing`);
            is(seen.complaints, [], `${lang}: the console is silent`);
            is(seen.requests.filter((r) => !/data:/.test(r)),
               ['GET /lamps?page=2'], `${lang}: one request`);
            ok(body.length <= 8192
               && zlib.gzipSync(body, { level: 9 }).length <= 3400,
               `${lang}: ${body.length} bytes`);
        });
    });
}


test('live: wait, and come back', async () => {
    close(NOTICE);
    await becomes('maintenance');

    await visit({}, async (page, seen) => {
        await page.goto(`${base}/lamps?page=2#top`);
        await page.click('#now');
        is(await until(() => page.textContent('#live')),
           'The shop is not fully open yet.', 'asked, it says: not yet');

        close(`${NOTICE}update: 03:40 Half <done>.\n`);
        await until(async () => (await (await fetch(`${base}/.shop-status`))
                                 .json()).updates.length > 1);
        await page.click('#now');
        await until(async () => /Half/.test(await page.textContent('#live')));
        is(await page.textContent('#live'), 'New: Half <done>.',
           'a new update is announced');

        open();
        ok(await becomes('open'), 'the shop opens');
        await page.click('#now');
        await page.waitForFunction(() => document.title === 'Shop');
        is(page.url(), `${base}/lamps?page=2#top`,
           'the visitor is back where they were');
        is(seen.complaints, [], 'the console is silent');
    });
});


test('live: refused before it was sent', async () => {
    open();
    await becomes('open');

    await visit({}, async (page, seen) => {
        await page.goto(`${base}/lamps`);
        close(NOTICE);
        await becomes('maintenance');
        await Promise.all([page.waitForNavigation(), page.click('button')]);
        ok(/did not reach the shop/.test(await page.textContent('.note')),
           'it did not reach the shop, and says so');

        open();
        await becomes('open');
        await page.click('#now');
        await until(async () => /open again/.test(
            await page.textContent('#live')));
        is(seen.requests.filter((r) => /lamps/.test(r)),
           ['GET /lamps', 'POST /lamps'], 'it never loads itself again');
        await Promise.all([page.waitForNavigation(),
                           page.click('#again a')]);
        is(page.url(), `${base}/cart`, 'the link leads to the basket');
    });
});


test('live: what the proxy knows of a POST', async () => {
    open();
    await becomes('open');

    await visit({}, async (page, seen) => {
        is(await buy(page, '/checkout'), 503, 'sent, and no answer came');
        ok(/cannot tell whether/.test(await page.textContent('.note'))
           && !/did not reach/.test(await page.textContent('main')),
           'nobody can tell, and it says so');

        is(await buy(page, '/order'), 503, 'nobody took the connection');
        ok(/did not reach the shop/.test(await page.textContent('.note'))
           && !/cannot tell whether/.test(await page.textContent('main')),
           'it did not reach the shop, and says so');
        is(await page.textContent('h1'),
           'Sorry, there is a problem with the shop', 'it was not planned');
        is(seen.complaints, [], 'the console is silent');
    });
});


test('live: browse', async () => {
    close(`mode: browse\n${NOTICE}`);
    await becomes('browse');

    await visit({}, async (page) => {
        is((await page.goto(`${base}/lamps`)).status(), 200, 'looking works');
        await Promise.all([page.waitForNavigation(), page.click('button')]);
        is(await page.textContent('h1'),
           'Sorry, you cannot order at the moment', 'ordering does not');
        ok(/did not reach the shop/.test(await page.textContent('.note')),
           'and it says what happened');
    });
    open();
});


async function main() {
    browser = await launch();

    try {
        return await runAll(process.argv.slice(4));

    } finally {
        await browser.close();
    }
}


main().then((rc) => process.exit(rc), (e) => {
    console.log(`Bail out! ${e.stack || e}`);
    process.exit(1);
});
