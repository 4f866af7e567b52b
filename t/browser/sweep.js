/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The page in every look, language, direction, scheme and width: axe-core finds
 * nothing (WCAG 2.2 AA, and AAA contrast), nothing is cut off, and what can be
 * pressed is large enough and stands apart.  Without SWEEP=1 only languages of
 * each script and the rarer states in some looks.
 */

'use strict';

const fs = require('fs');

const { LANGS, LOOKS, SHOWN } = require('./site.js');

const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const RULES = {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
              'best-practice'],
    rules: { 'color-contrast-enhanced': { enabled: true } },
    resultTypes: ['violations'],
};

const STATES = [
    ['--full'],
    ['--full', '--post=unsent', '--eta=3000'],
    ['--state=outage', '--post=unknown', '--eta=-5'],
    ['--state=outage', '--full'],
    ['--state=browse', '--eta=130'],
    ['--state=reopening', '--eta=3'],
    ['--state=busy'],
];

const ALL = process.env.SWEEP;


module.exports = function (tap, site, visit) {
    const { is, test } = tap;

    /* of the page as it is: scheme and width change without a reload */
    async function violations(page, how) {
        const found = await page.evaluate((rules) => axe.run(rules), RULES);

        return found.violations.map((v) => `${how}: ${v.id}: `
            + v.nodes.map((n) => n.html).join(' '));
    }

    /* wider than the window, text cut off, what can be pressed too low or too
       close to the next */
    function misplaced(page, how) {
        return page.evaluate((where) => {
            const found = [];
            const wide = document.documentElement.scrollWidth - innerWidth;
            const shown = (s) => [...document.querySelectorAll(s)]
                .filter((e) => e.offsetHeight);

            if (wide > 0) {
                found.push(`${where}: ${wide} px too wide`);
            }
            for (const e of shown('body *')) {
                if (getComputedStyle(e).overflow !== 'visible'
                    && e.scrollWidth > e.clientWidth + 1)
                {
                    found.push(`${where}: cut off: ${e.outerHTML}`);
                }
            }

            const pressed = shown('button, #ways li a, summary');

            for (const e of pressed) {
                const a = e.getBoundingClientRect();

                if (a.height < 44) {
                    found.push(`${where}: ${a.height} px: ${e.outerHTML}`);
                }
                for (const other of pressed) {
                    const b = other.getBoundingClientRect();

                    if (other !== e
                        && a.left < b.right + 4 && b.left < a.right + 4
                        && a.top < b.bottom + 4 && b.top < a.bottom + 4
                        && !(e.matches('summary') && other.matches('summary')))
                    {
                        found.push(`${where}: touches: ${e.outerHTML}`);
                    }
                }
            }

            return found;
        }, how);
    }

    /* forced colours are not those that axe computes with */
    function faint(page, how) {
        return page.evaluate((where) => {
            const numbers = (c) => c.match(/[\d.]+/g).map(Number);
            const lum = (c) => {
                const [r, g, b] = numbers(c).map((x) => (x /= 255) <= .03928
                    ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);

                return .2126 * r + .7152 * g + .0722 * b;
            };
            const ground = (e) => {
                const c = getComputedStyle(e).backgroundColor;

                return (numbers(c)[3] ?? 1) > 0 || !e.parentElement
                       ? lum(c) : ground(e.parentElement);
            };

            return [...document.querySelectorAll('main *')].filter((e) => {
                const a = lum(getComputedStyle(e).color), b = ground(e);

                return e.offsetHeight && e.tagName !== 'PROGRESS'
                    && (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 7;
            }).map((e) => `${where}: ${e.outerHTML}`);
        }, how);
    }

    /* what is wrong with one page, in all schemes and widths */
    async function look(page, thorough) {
        const found = [];

        await page.evaluate(axe);

        for (const colorScheme of ['light', 'dark']) {
            await page.emulateMedia({ colorScheme });

            for (const width of thorough ? [320, 1280] : [320]) {
                await page.setViewportSize({ width, height: 640 });
                found.push(...await violations(page, `${colorScheme}, ${width}`));
            }
        }

        for (const width of [360, 1280, 320]) {
            await page.setViewportSize({ width, height: 640 });
            found.push(...await misplaced(page, `${width}`));
        }

        for (const colorScheme of ['dark', 'light']) {
            await page.emulateMedia({ forcedColors: 'active', colorScheme });
            found.push(...await faint(page, `forced colours, ${colorScheme}`));
        }
        await page.emulateMedia({ forcedColors: 'none' });

        await page.setViewportSize({ width: 320, height: 256 });
        found.push(...await misplaced(page, '400 %'));
        await page.evaluate(() => {
            const s = document.documentElement.style;

            s.fontSize = '200%';
            s.letterSpacing = '.12em';
            s.wordSpacing = '.16em';
            s.lineHeight = '1.5';
        });
        found.push(...await misplaced(page, 'text twice as large, spaced'));

        return found;
    }

    for (const [n, lang] of (ALL ? LANGS : SHOWN).entries()) {
        test(`sweep: ${lang}`, async () => {
            await visit({}, async (page, seen) => {
                for (const [k, name] of LOOKS.entries()) {
                    for (const [i, state] of STATES.entries()) {

                        /* each state of each look in some language */
                        if (!ALL && i !== 0 && (n + k + i) % 7) {
                            continue;
                        }
                        if (!ALL && i === 0 && n > 1 && (n + k) % 3) {
                            continue;
                        }

                        site.args = [`--lang=${lang}`, `--look=${name}`,
                                     ...state];
                        await page.goto(`${site.url}/lamps?page=2`);
                        is(await look(page, ALL || n < 2), [],
                           `${lang}, ${name}, ${state.join(' ')}: nothing is `
                           + 'found');
                    }
                }
                is(seen.complaints, [], `${lang}: the console is silent`);
            });
        });
    }
};
