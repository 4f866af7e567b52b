/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How the page waits: it asks as the server says, shows what is new, goes
 * back by itself after a GET, and never after a POST.
 */

'use strict';

const FAST = ['--full', '--poll=0.1'];


module.exports = function (tap, site, visit) {
    const { ok, is, test, until } = tap;
    const pause = (ms) => new Promise((done) => setTimeout(done, ms));
    const live = (page) => page.textContent('#live');

    /* how many questions come in this time */
    async function questions(ms) {
        const before = site.asked('status');

        await pause(ms);
        return site.asked('status') - before;
    }

    test('wait: what is new is shown without a reload', async () => {
        const how = { site: { args: [...FAST, '--updates=1'] } };

        await visit(how, async (page, seen) => {
            await until(() => site.asked('status') > 1);
            is(await live(page), '', 'nothing new, nothing said');

            await page.evaluate(() => {
                window.kept = document.querySelector('#ways a');
                window.kept.focus();
            });
            site.args = ['--full', '--updates=2', '--eta=70',
                         '--status=Nearly <b>done</b>.'];
            await until(async () => /Cause/.test(await live(page)));

            is(await live(page), 'New: Cause found. Orders placed before 02:40 '
               + 'are stored. ' + await page.textContent('#when'),
               'a new update and a moved time are announced');
            is(await page.$$eval('ol li',
                                 (all) => all.map((e) => e.textContent)),
               ['03:30Cause found. Orders placed before 02:40 are stored.',
                '03:15We are looking into it.'],
               'and shown, newest first');
            ok(/05:00$/.test(await page.textContent('h1')), 'the time follows');
            is([await page.title(),
                await page.getAttribute('#when time', 'datetime'),
                await page.textContent('#status')],
               [await page.textContent('h1'), '2026-11-21T05:00:00+01:00',
                'Nearly <b>done</b>.'],
               'so do the window\'s title and the text');
            ok(await page.evaluate(
                () => document.activeElement === window.kept),
               'what says the same is not touched: the focus stays');
            is(site.asked('GET /lamps?page=2'), 1, 'the page was loaded once');
            is(seen.complaints, [], 'the console is silent');
        });
    });

    test('wait: what was opened stays open', async () => {
        await visit({ site: { args: FAST } }, async (page) => {
            await page.click('#more summary');
            site.args = ['--full', '--eta=70'];
            await until(async () => /05:00/.test(
                await page.textContent('#when')));
            ok(await page.$eval('#more details', (e) => e.open),
               'the older news, while another part changes');
        });
    });

    /* in two zones: of the title must never stand an old piece */
    for (const zone of ['Europe/Berlin', 'America/New_York']) {
        test(`wait: each text appears, moves and goes (${zone})`, async () => {
            const how = { site: { args: ['--poll=0.1'] },
                          context: { timezoneId: zone } };
            const berlin = zone === 'Europe/Berlin';
            const texts = {
                reason: ['#why p + p', 'A disk in our data centre failed.'],
                offer: ['#gift', 'With the code SORRY10 your next order is '
                        + '10 % cheaper: https://example.com/sorry'],
                contacts: ['#ways li', 'Order by phone: +49-800-123456, daily '
                           + '6:00–22:00'],
                next: ['#next', berlin ? 'Next update: 04:10'
                                       : /^Next update: .*10:10.PM EST$/],
                updates: ['#news li', /Restore is half done\.$/],
            };
            const all = Object.keys(texts);

            await visit(how, async (page, seen) => {
                const text = async (where) => {
                    const e = await page.$(where);

                    return e ? e.textContent() : '';
                };
                const fits = (got, want) => want instanceof RegExp
                    ? want.test(got) : got === want;

                async function titles(what) {
                    const h1 = await page.textContent('h1');

                    is(await page.title(), h1, `${what}: the title is the `
                       + 'heading');
                    ok(berlin ? /(04:30|05:10)$/.test(h1)
                              : /(10:30|11:10).PM EST$/.test(h1),
                       `${what}: in the visitor's zone`, h1);
                }

                await titles('at first');

                for (const name of all) {
                    const [where, want] = texts[name];
                    const without = all.filter((n) => n !== name).join(',');

                    is(await text(where), '', `${name} is not there`);
                    site.args = ['--full', `--without=${without}`];
                    ok(await until(async () => fits(await text(where), want)),
                       `${name} appears`, await text(where));
                    await titles(name);
                    site.args = [];
                    ok(await until(async () => await text(where) === ''),
                       `${name} goes`);
                }

                site.args = ['--eta=80'];
                ok(await until(async () => /10/.test(
                    await page.textContent('h1 time'))), 'the time moves');
                await titles('moved');
                is(await page.evaluate(
                    () => document.querySelectorAll('progress').length), 1,
                   'with its progress');
                site.args = ['--eta=0'];
                ok(await until(async () => !await page.$('time[datetime*=T05]')
                               && !await page.$('progress')),
                   'the time goes, and its progress');
                is(await page.title(), await page.textContent('h1'),
                   'and the title with it');
                is(seen.complaints, [], 'the console is silent');
            });
        });
    }

    /* a sentence asks for a case that Intl does not know: names are short, and
       there is a date where the server has one, for "until" is another word */
    for (const [lang, eta, title] of [
        ['pl', 40, /do godz\.\s22:30 GMT-5$/],
        ['pl', 3000, /do niedz\., 22 lis, 23:50/],
        ['fr', 40, /jusqu’à 22:30/], ['fr', 3000, /jusqu’au dim\. 22 nov/],
        ['cs', 3000, /do ne 22\. 11\./], ['es', 1300, /hasta el sáb, 21 nov/],
    ]) {
        test(`wait: a time of another zone has no case (${lang}, ${eta})`,
             async () => {
            const how = { site: { args: [`--lang=${lang}`, `--eta=${eta}`] },
                          context: { timezoneId: 'America/New_York' } };

            await visit(how, async (page) => {
                ok(title.test(await page.title()), `${lang}: the title`,
                   await page.title());
                is(await page.title(), await page.textContent('h1'), 'as said');
            });
        });
    }

    test('wait: it asks when the server says', async () => {
        await visit({ site: { args: FAST } }, async (page) => {
            site.status = { retry_after: 1.5 };

            const asked = site.asked('status');

            await until(() => site.asked('status') > asked);
            is(await questions(1000), 0, 'not before');
            ok(await until(() => site.asked('status') > asked + 1), 'but then');
        });
    });

    test('wait: it asks less where nothing answers', async () => {
        await visit({ site: { args: FAST, status: 500 } }, async (page) => {
            await until(() => site.asked('status') > 4);
            const at = site.log.filter((e) => /status/.test(e.url))
                .map((e) => e.at);

            ok(at[4] - at[3] > at[1] - at[0] && at[4] - at[0] > 600,
               'the waits grow', at.map((t) => t - at[0]).join(' '));
            await page.click('#now');
            is(await until(async () => (await live(page))), 'The last check '
               + 'did not get through. We will try again.',
               'whoever asks is told');
        });
    });

    test('wait: open again after a GET', async () => {
        await visit({ site: { args: FAST } }, async (page) => {
            site.status = { state: 'open', retry_after: 0.2 };
            site.open = true;
            await page.waitForFunction(() => document.title === 'Shop');
            is(page.url(), `${site.url}/lamps?page=2`,
               'the visitor is back where they were');
            is(site.asked('GET /lamps?page=2'), 2, 'with one request');
        });
    });

    test('wait: a part that stays closed does not flicker', async () => {
        const how = { site: { args: FAST, status: { state: 'open' } } };

        await visit(how, async (page) => {
            await until(() => site.asked('GET /lamps?page=2') > 1);
            await until(() => site.asked('status') > 5);
            is(site.asked('GET /lamps?page=2'), 2, 'it is loaded again once');
            ok(await page.isVisible('#again a'), 'and then by hand');
            is(await live(page), 'The shop is open again.', 'as is said');
        });
    });

    test('wait: open again after a POST', async () => {
        const how = { post: '/checkout', site: {
            args: FAST, post: 'unsent' } };

        await visit(how, async (page, seen) => {
            is(await page.textContent('section h2'),
               'What happened to what you just sent', 'it says what happened');
            site.status = { state: 'open' };
            site.open = true;
            is(await until(() => live(page)), 'The shop is open again.',
               'it says so');
            is(await questions(600), 0, 'asks no more');
            is([page.url(), site.asked('POST /checkout'),
                site.asked('GET /checkout')],
               [`${site.url}/checkout`, 1, 0], 'and does not load itself');
            await Promise.all([page.waitForNavigation(),
                               page.click('#again a')]);
            is([site.asked('GET /cart'), site.asked('POST /checkout')], [1, 1],
               'the link goes to the basket by GET');
        });
    });

    for (const post of ['unsent', 'unknown']) {
        test(`wait: nothing reloads the answer to a POST (${post})`,
             async () => {
            const how = { post: '/checkout', site: { args: FAST, post: post } };

            await visit(how, async (page) => {
                for (const state of ['browse', 'paths', 'reopening',
                                     'outage'])
                {
                    site.status = { state: state };
                    await until(async () => await questions(100) > 0);
                }
                is(await live(page), '', `${post}: not open, not said to be`);
                site.status = { state: 'reopening', admitted: true };
                await until(() => live(page));
                await pause(300);
                is([site.asked('POST /checkout'), site.asked('GET /checkout')],
                   [1, 0], `${post}: whatever the state`);
            });
        });
    }

    test('wait: without a basket the link goes home', async () => {
        await visit({ post: '/checkout', site: { args: [] } }, async (page) => {
            is(await page.getAttribute('#again a', 'href'), '/', 'home');
        });
    });

    test('wait: reopening lets in whose turn it is', async () => {
        const how = { site: { args: ['--poll=0.1', '--state=reopening'] } };

        await visit(how, async (page) => {
            await until(() => site.asked('status') > 2);
            is(site.asked('GET /lamps?page=2'), 1, 'not yet');
            is(await page.textContent('h1'), 'Our online shop is opening again',
               'the page says what goes on');
            site.status = { admitted: true };
            site.open = true;
            await page.waitForFunction(() => document.title === 'Shop');
            is(site.asked('GET /lamps?page=2'), 2, 'now');
        });
    });

    test('wait: closed becomes browse', async () => {
        await visit({ site: { args: FAST } }, async (page) => {
            site.status = { state: 'browse' };
            site.open = true;
            await page.waitForFunction(() => document.title === 'Shop');
            ok(true, 'who was looking goes on looking');
        });
    });

    test('wait: what is closed alone is not loaded again and again',
         async () => {
        const how = { site: { args: ['--poll=0.1', '--state=paths'] } };

        await visit(how, async (page) => {
            await until(() => site.asked('status') > 4);
            is(site.asked('GET /lamps?page=2'), 1, 'same state, no reload');
        });
    });

    test('wait: stop, and check by hand', async () => {
        await visit({ site: { args: FAST } }, async (page) => {
            await page.focus('#stop');
            await page.keyboard.press('Enter');
            is(await page.evaluate(() => document.activeElement.id), 'stop',
               'the focus is not lost');
            ok(!await page.isVisible('#how'),
               'what is not true any more is not said');
            is(await page.textContent('#stop'), 'Keep checking',
               'and it can be undone');
            await pause(100);
            is(await questions(800), 0, 'stopped is stopped');

            const before = site.asked('status');
            await page.click('#now');
            is(await until(() => live(page)), 'Still closed.',
               'asked by hand, it says what it found');
            is([site.asked('status') - before, await questions(600)], [1, 0],
               'with one question');
            await page.click('#stop');
            ok(await page.isVisible('#how')
               && await until(() => questions(100)), 'undone, it asks again');
        });
    });

    test('wait: a tab that nobody looks at', async () => {
        await visit({ site: { args: FAST } }, async (page) => {
            const hide = (yes) => page.evaluate((hidden) => {
                Object.defineProperty(document, 'hidden',
                                      { value: hidden, configurable: true });
                document.dispatchEvent(new Event('visibilitychange'));
            }, yes);

            await until(() => site.asked('status') > 0);
            await hide(true);
            await pause(100);
            is(await questions(800), 0, 'asks nothing');
            await hide(false);
            ok(await until(() => questions(50)), 'and then at once');
        });
    });

    test('wait: no public status', async () => {
        const how = { site: { args: ['--poll=0.1', '--no-url'] } };

        await visit(how, async (page) => {
            ok(await page.isVisible('#again a')
               && !await page.isVisible('#now'), 'a plain link');
            is(await questions(500), 0, 'and no questions');
        });
    });
};
