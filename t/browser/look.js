/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What the page is: what stands where in which look, whole without JavaScript,
 * printed and in forced colours, and nothing from elsewhere.  sweep.js looks at
 * it in all languages, schemes and widths.
 */

'use strict';

const { SHOWN, LOOKS } = require('./site.js');

const FULL = ['--full'];


module.exports = function (tap, site, visit) {
    const { ok, is, test } = tap;

    for (const lang of SHOWN) {
        test(`structure: ${lang}`, async () => {
            await visit({ site: { args: [`--lang=${lang}`, ...FULL] } },
                        async (page) => {
                const got = await page.evaluate(() => ({
                    lang: document.documentElement.lang,
                    dir: document.documentElement.dir,
                    h1: document.querySelectorAll('h1').length,
                    main: document.querySelectorAll('main').length,
                    live: [...document.querySelectorAll('[role],[aria-live]')]
                        .map((e) => `${e.getAttribute('role')}:`
                                    + e.textContent),
                    place: document.body.innerText.match(/[{}]/),
                }));

                const dir = /^(ar|he)$/.test(lang) ? 'rtl' : 'ltr';

                is(got, { lang: lang, dir: dir, h1: 1, main: 1,
                          live: ['status:'], place: null },
                   `${lang}: one heading, one main, one silent live region`);
            });
        });
    }

    for (const look of LOOKS) {
        for (const lang of ['en', 'de', 'ar']) {
            test(`first: ${look}, ${lang}, what a phone shows`, async () => {
                const how = { site: { args: [`--look=${look}`, `--lang=${lang}`,
                                         ...FULL] },
                              context: { viewport: { width: 360, height: 640 } } };

                await visit(how, async (page) => {
                    const ends = await page.evaluate(() => ['#title time',
                        '#why p + p', '#ways a'].map((s) => document
                            .querySelector(s).getBoundingClientRect().bottom));

                    /* where DejaVu is the only font: it is wider than any
                       that a phone has, and long words take a line more */
                    ok(ends.every((y) => y <= 640 * 1.05),
                       `${look}: the time, the reason, a way to order`,
                       String(ends));
                    is(await page.$$eval('button, #ways li a, summary',
                        (all) => all.filter((e) => e.offsetHeight < 44).length), 0,
                       `${look}: nothing to press is lower than 44 px`);

                    const sizes = await page.evaluate(() =>
                        [...document.querySelectorAll('main *')].map((e) =>
                            [e.matches('h1, h1 *'),
                             parseFloat(getComputedStyle(e).fontSize)]));
                    const largest = Math.max(...sizes.map((s) => s[1]));

                    ok(sizes.every((s) => s[0] || s[1] < largest)
                       && sizes.some((s) => s[0] && s[1] === largest),
                       `${look}: the answer is the largest text`);
                });
            });
        }

        test(`order: ${look}, what stands above what`, async () => {
            for (const width of [360, 1280]) {
                const how = { site: { args: [`--look=${look}`, ...FULL] },
                              context: { viewport: { width, height: 640 } } };

                await visit(how, async (page) => {
                    const parts = ['h1', '#when', '#status', '#why p + p',
                        '#news li', '#ways li a', '#gift', '#more li',
                        '#more + details', '#now'];
                    const places = await page.evaluate((all) => all.map((s) => {
                        const e = document.querySelector(s);

                        return [e, e.getBoundingClientRect().top];
                    }).map((x, i, all) => i === 0 || !!(all[i - 1][0]
                        .compareDocumentPosition(x[0]) & 4)), parts);

                    is(places.filter((x) => !x).length, 0, `${look}, ${width} `
                       + 'px: answer, why, news, ways, offer, order');
                });
            }
        });

        test(`first: ${look}, the code does not break`, async () => {
            const how = { site: { args: [`--look=${look}`, ...FULL] },
                          context: { viewport: { width: 320, height: 640 } } };

            await visit(how, async (page) => {
                is(await page.$eval('#gift b',
                                    (e) => [e.textContent,
                                            e.getClientRects().length]),
                   ['SORRY10', 1], `${look}: it stands in one line`);
            });
        });
    }

    test('progress: it does not move by itself, and goes with the time',
         async () => {
        for (const [eta, there] of [['40', 1], ['0', 0], ['-10', 0]]) {
            await visit({ site: { args: [`--eta=${eta}`] } }, async (page) => {
                is(await page.$$eval('progress', (all) => all.length), there,
                   `a time of ${eta} minutes: ${there}`);
            });
        }
    });

    for (const lang of SHOWN) {
        test(`phone: ${lang}, what became of a POST`, async () => {
            const how = {
                post: '/checkout', site: { args: [`--lang=${lang}`, ...FULL] },
                context: { viewport: { width: 360, height: 640 } },
            };

            await visit(how, async (page) => {
                ok(await page.evaluate(() => {
                    const note = document.querySelector('.note p');
                    const status = document.getElementById('status');

                    return !!(note.compareDocumentPosition(status) & 4);
                }), `${lang}: is said before all other texts`);
            });
        });
    }

    test('structure: right to left is mirrored', async () => {
        const how = { site: { args: ['--lang=ar', ...FULL] },
                      post: '/checkout' };

        await visit(how, async (page) => {
            is(await page.evaluate(() => {
                const s = getComputedStyle(document.querySelector('.note'));
                const now = document.getElementById('now');
                const stop = document.getElementById('stop');

                return [s.borderRightWidth, s.borderLeftWidth,
                        now.offsetLeft > stop.offsetLeft];
            }), ['4px', '0px', true], 'bars and buttons are on the right');
        });
    });

    test('requests: none but the page and its status', async () => {
        const how = { site: { args: [...FULL, '--poll=0.1'] } };

        await visit(how, async (page, seen) => {
            await tap.until(() => site.asked('status') > 1);
            is(seen.requests.filter((u) => !u.startsWith('data:')
               && !u.startsWith(`${site.url}/.shop-status?lang=en`)),
               [`${site.url}/lamps?page=2`], 'nothing else is asked for');
            is(await page.getAttribute('link[rel=icon]', 'href'), 'data:,',
               'not even an icon, which headless browsers do not fetch');
        });
    });

    test('policy: the page works under it, all else does not', async () => {
        await visit({ site: { args: FULL } }, async (page, seen) => {
            is(seen.complaints, [], 'no violation by the page itself');
            is(await page.evaluate(
                () => getComputedStyle(document.body).maxWidth), '1056px',
               'its style is applied');
            ok(await page.isVisible('#now'), 'its script has run');

            await page.evaluate(() => {
                const s = document.createElement('script');

                s.textContent = 'window.evil = 1';
                document.body.append(s);
                document.body.setAttribute('style', 'color: red');
                new Image().src = '/evil.png';
            });
            await tap.until(() => seen.complaints.length > 2);
            is(await page.evaluate(() => window.evil), undefined,
               'another script does not run');
            is(site.log.filter((e) => /evil/.test(e.url)), [],
               'another image is not loaded');
        });
    });

    test('escape: markup in a text is text', async () => {
        const text = '<img src=x onerror="evil=1">{{t.auto}}</p>&amp;';
        const how = { site: { args: ['--full', `--status=${text}`,
            '--set=name="><script>evil=1</script>'] } };

        await visit(how, async (page, seen) => {
            is(await page.textContent('#status'), text,
               'the operator\'s text is shown as it is');
            is((await page.textContent('header')).trim(),
               '"><script>evil=1</script>', 'the name too');
            is(await page.evaluate(() => window.evil), undefined,
               'and nothing runs');
            is(seen.complaints, [], 'or tries to');
        });
    });

    test('no script: a plain page with a link', async () => {
        const how = { site: { args: FULL },
                      context: { javaScriptEnabled: false } };

        await visit(how, async (page) => {
            ok(!await page.isVisible('#now'), 'no button that does nothing');
            site.open = true;
            await Promise.all([page.waitForNavigation(),
                               page.click('#again a')]);
            is(page.url(), `${site.url}/lamps?page=2`,
               'the link leads back to where the visitor was');
            is(await page.textContent('h1'), 'Lamps', 'and in');
        });
    });

    test('no script: the answer to a POST', async () => {
        const how = { site: { args: FULL }, post: '/checkout',
                      context: { javaScriptEnabled: false } };

        await visit(how, async (page) => {
            is(await page.getAttribute('#again a', 'href'), '/cart',
               'the link leads to the basket');
            await Promise.all([page.waitForNavigation(),
                               page.click('#again a')]);
            is([site.asked('GET /cart'), site.asked('POST /checkout')], [1, 1],
               'by GET, and nothing is sent twice');
        });
    });

    test('colours: forced', async () => {
        const how = { site: { args: FULL },
                      context: { forcedColors: 'active' } };

        await visit(how, async (page) => {
            is(await page.$$eval('button', (all) => all.filter((b) => {
                const s = getComputedStyle(b);

                return s.borderTopWidth !== '2px'
                       || s.borderTopColor === s.backgroundColor
                       || s.color === s.backgroundColor;
            }).length), 0, 'buttons have an edge and a text');
        });
    });

    test('colours: contrast of what axe does not measure', async () => {
        for (const scheme of ['light', 'dark']) {
            const how = { site: { args: FULL },
                          context: { colorScheme: scheme } };

            await visit(how, async (page) => {
                await page.keyboard.press('Tab');
                const [ratio, width] = await page.evaluate(() => {
                    const lum = (c) => {
                        const [r, g, b] = c.match(/[\d.]+/g).map((x) => {
                            x /= 255;
                            return x <= .03928 ? x / 12.92
                                               : ((x + .055) / 1.055) ** 2.4;
                        });

                        return .2126 * r + .7152 * g + .0722 * b;
                    };
                    const s = getComputedStyle(document.activeElement);
                    const a = lum(s.outlineColor);
                    const b = lum(getComputedStyle(document.body)
                                  .backgroundColor);

                    return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05),
                            s.outlineStyle + s.outlineWidth];
                });

                ok(ratio >= 7 && width === 'solid3px',
                   `${scheme}: the focus is seen, ${ratio.toFixed(1)}:1`,
                   width);
            });
        }
    });

    test('keyboard: every control is reached in the order of the page',
         async () => {
        await visit({ site: { args: FULL } }, async (page) => {
            const order = [];

            for (let i = 0; i < 7; i++) {
                await page.keyboard.press('Tab');
                order.push(await page.evaluate(() => document.activeElement.id
                    || document.activeElement.getAttribute('href')
                    || document.activeElement.tagName));
            }
            is(order, ['tel:+49-800-123456', 'mailto:help@example.com',
                       'https://example.com/sorry', 'SUMMARY',
                       'SUMMARY', 'now', 'stop'], 'contacts, offer, older '
               + 'news, what became of an order, buttons');
        });
    });

    test('print: the words without the buttons', async () => {
        await visit({ site: { args: FULL } }, async (page) => {
            await page.emulateMedia({ media: 'print' });
            is([await page.isVisible('#wait'), await page.isVisible('h1'),
                await page.isVisible('#news ol')], [false, true, true],
               'what can be pressed is not printed');
            is(await page.$eval('#ways li a', (e) => [
                getComputedStyle(e).color === getComputedStyle(document.body)
                    .color, getComputedStyle(e).backgroundColor]),
               [true, 'rgba(0, 0, 0, 0)'], 'a number does not vanish where '
               + 'browsers print no background');
        });
    });

    test('motion: nothing moves', async () => {
        await visit({ site: { args: FULL } }, async (page) => {
            is(await page.evaluate(() => document.getAnimations().length), 0,
               'no animation, no transition');
        });
    });

    test('time: in the visitor\'s own zone', async () => {
        const how = { site: { args: ['--full', '--lang=en'] },
                      context: { timezoneId: 'America/New_York',
                                 locale: 'en-US' } };

        await visit(how, async (page) => {
            const when = await page.textContent('#when');

            ok(/10:30.PM EST/.test(when) && !/04:30/.test(when),
               'another zone: 04:30 in Berlin is 10:30 PM in New York', when);
            is(await page.getAttribute('#when time', 'datetime'),
               '2026-11-21T04:30:00+01:00', 'the moment is the same');
        });

        await visit({ site: how.site }, async (page) => {
            is(await page.textContent('#when'), 'You can shop again from '
               + 'Saturday 21 November at 04:30\u00a0(CET), in about 40\u00a0minutes.',
               'the same zone: the server\'s words stay');
        });
    });
};
