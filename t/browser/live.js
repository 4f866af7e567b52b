/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A visitor of a shop behind the module: node live.js BASE-URL FLAG-FILE.
 * The server is that of t/page/browser.t.
 */

'use strict';

const { execFileSync } = require('child_process');
const fs = require('fs');
const http = require('http');
const zlib = require('zlib');

const launch = require('./launch.js');
const { SHOWN } = require('./site.js');
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


for (const lang of SHOWN) {
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


test('live: the policy lets the page work, and nothing else', async () => {
    close(NOTICE);
    await becomes('maintenance');

    await visit({}, async (page, seen) => {
        await page.goto(`${base}/lamps`);
        is([await page.isVisible('#now'), await page.evaluate(
            () => getComputedStyle(document.body).maxWidth), seen.complaints],
           [true, '1056px', []], 'its script and its style are allowed');

        await page.evaluate(() => {
            const add = (name, all) => document.body.append(
                Object.assign(document.createElement(name), all));

            window.blocked = [];
            document.addEventListener('securitypolicyviolation',
                (e) => window.blocked.push(e.effectiveDirective));

            add('script', { textContent: 'window.evil = 1' });
            add('style', { textContent: 'body { color: red }' });
            document.body.setAttribute('style', 'color: red');
            add('img', { src: '/evil.png' });
            add('iframe', { src: '/evil' });
            add('object', { data: '/evil' });
            add('audio', { src: '/evil.ogg' });
            add('base', { href: '/evil/' });
            add('link', { rel: 'manifest', href: '/evil.json' });
            add('form', { action: '/evil', method: 'post' });
            document.forms[0].submit();
            new FontFace('evil', 'url(/evil.woff)').load().catch(() => 0);
            fetch('http://127.0.0.1:1/evil').catch(() => 0);

            try {
                new Worker('/evil.js');
            } catch (e) { /* or it says so in an event */ }
        });

        const wanted = ['base-uri', 'connect-src', 'font-src', 'form-action',
                        'frame-src', 'img-src', 'media-src', 'object-src',
                        'script-src-elem', 'style-src-attr', 'style-src-elem',
                        'worker-src'];
        const blocked = () => page.evaluate(
            () => [...new Set(window.blocked)].sort());

        await until(async () => (await blocked()).length >= wanted.length);
        is((await blocked()).filter((d) => d !== 'manifest-src'), wanted,
           'whatever else could be loaded, run or sent is blocked');
        is(await page.evaluate(() => [window.evil, document.baseURI]),
           [undefined, `${base}/lamps`], 'and has no effect');
    });

    await visit({}, async (page, seen) => {
        open();
        await becomes('open');
        await page.goto(`${base}/lamps`);
        close(NOTICE);
        await becomes('maintenance');
        seen.complaints.length = 0;
        await page.evaluate(() => {
            document.body.append(Object.assign(
                document.createElement('iframe'), { src: '/lamps' }));
        });
        ok(await until(() => seen.complaints.some(
            (c) => /frame-ancestors/.test(c))), 'nor can it be put in a frame');
    });
});


test('live: brotli, where its library is', async () => {
    const ask = (coding) => new Promise((done, fail) => {
        http.get(`${base}/lamps`, {
            headers: { accept: 'text/html', 'accept-encoding': coding },
        }, (answer) => {
            const pieces = [];

            answer.on('data', (piece) => pieces.push(piece));
            answer.on('end', () => done({
                coding: answer.headers['content-encoding'],
                body: Buffer.concat(pieces),
            }));
        }).on('error', fail);
    });
    const there = /libbrotlienc\.so\.1\b/.test(
        execFileSync('/sbin/ldconfig', ['-p']));

    close(NOTICE);
    await becomes('maintenance');

    const [br, gzip] = [await ask('br, gzip'), await ask('gzip')];

    is([br.coding, gzip.coding], [there ? 'br' : 'gzip', 'gzip'],
       'the better one is used');

    if (there) {
        ok(zlib.brotliDecompressSync(br.body).equals(
            zlib.gunzipSync(gzip.body)), 'it is the same page');
        ok(br.body.length < gzip.body.length, 'and smaller');
    }
});


test('live: wait, and come back', async () => {
    close(NOTICE);
    await becomes('maintenance');

    await visit({}, async (page, seen) => {
        await page.goto(`${base}/lamps?page=2#top`);
        await page.click('#now');
        is(await until(() => page.textContent('#live')),
           'Still closed.', 'asked, it says: not yet');

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
        ok(/did not reach us/.test(await page.textContent('.note')),
           'it did not reach us, and says so');

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
        ok(/did not reach us/.test(await page.textContent('.note'))
           && !/cannot tell whether/.test(await page.textContent('main')),
           'it did not reach us, and says so');
        is(await page.textContent('h1'),
           'Sorry, there is a problem with Müller & Sons', 'it was not planned');
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
        ok(/did not reach us/.test(await page.textContent('.note')),
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
