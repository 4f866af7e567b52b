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

            site.status = {
                title: ['Closed until ', '05:00', ''],
                when: ['Open at ', 'Saturday at 05:00', '.'],
                eta: '2026-11-21T05:00:00+01:00',
                status: 'Nearly <b>done</b>.',
                updates: [{ at: '2026-11-21T03:50:00+01:00', time: '03:50',
                            text: 'Restore is done.' },
                          { at: null, time: '', text: 'We look.' }],
            };
            await until(async () => /Restore/.test(await live(page)));

            is(await live(page), 'New: Restore is done.',
               'a new update is announced');
            is(await page.$$eval('#updates li',
                                 (all) => all.map((e) => e.innerText)),
               ['03:50\nRestore is done.', 'We look.'],
               'and shown, newest first');
            is([await page.textContent('h1'), await page.title(),
                await page.textContent('#when'),
                await page.getAttribute('#when time', 'datetime'),
                await page.textContent('#status')],
               ['Closed until 05:00', 'Closed until 05:00 – Müller & Sons',
                'Open at Saturday at 05:00.', '2026-11-21T05:00:00+01:00',
                'Nearly <b>done</b>.'],
               'title, time and text follow');
            is(site.asked('GET /lamps?page=2'), 1, 'the page was loaded once');
            is(seen.complaints, [], 'the console is silent');
        });
    });

    test('wait: the first update of all', async () => {
        await visit({ site: { args: ['--poll=0.1'] } }, async (page) => {
            ok(!await page.isVisible('#news'), 'no heading without updates');
            site.status = { updates: [{ at: '2026-11-21T03:50:00+01:00',
                                        time: '03:50', text: 'Cause found.' }],
                            next: ['Next update: ', '04:10', ''],
                            next_update: '2026-11-21T04:10:00+01:00' };
            ok(await until(() => page.isVisible('#news')), 'it appears');
            is(await page.textContent('#next'), 'Next update: 04:10',
               'with the time of the next');
            site.status = { next: ['', '', ''] };
            ok(await until(async () => await page.textContent('#next') === ''),
               'which goes when it is not promised any more');
        });
    });

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
               'What happened to your last step', 'it says what happened');
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
            is(await page.textContent('h1'), 'The shop is opening again',
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
            is(await page.evaluate(() => document.activeElement.id), 'now',
               'the focus is not lost');
            ok(!await page.isVisible('#stop') && !await page.isVisible('#how'),
               'what is not true any more is not said');
            await pause(100);
            is(await questions(800), 0, 'stopped is stopped');

            const before = site.asked('status');
            await page.keyboard.press('Enter');
            is(await until(() => live(page)), 'The shop is not fully open yet.',
               'asked by hand, it says what it found');
            is([site.asked('status') - before, await questions(600)], [1, 0],
               'with one question');
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
