/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What can be said of the texts and sizes without a browser.
 */

'use strict';

const fs = require('fs');
const path = require('path');
const zlib = require('zlib');

const { HTML, LANGS, LOOKS, perl, render, style } = require('./site.js');

const STATES = [
    ['--state=maintenance'],
    ['--state=maintenance', '--eta=3000'],
    ['--state=maintenance', '--post=unsent'],
    ['--state=outage', '--eta=0', '--post=unknown'],
    ['--state=outage', '--eta=-10'],
    ['--state=browse', '--eta=100', '--post=unsent'],
    ['--state=paths'],
    ['--state=reopening'],
    ['--state=reopening', '--eta=3'],
];


function texts(lang) {
    const file = path.join(HTML, 'lang', `${lang}.txt`);
    const all = {};

    for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
        const m = /^([a-z0-9_.]+) = (.*\S)$/.exec(line);

        if (m) {
            all[m[1]] = m[2];

        } else if (!/^(#.*)?$/.test(line)) {
            throw new Error(`${file}: "${line}"`);
        }
    }

    return all;
}


/* the places of a text, without those of a date, which is written as is usual
   in the language */
function places(key, text) {
    const found = [...text.matchAll(/\{(\w+)(?:[|:][^}]*)?\}/g)]
        .map((m) => m[1]).sort();

    return /^(time|date)/.test(key) || /\./.test(key) ? [] : found;
}


module.exports = function (tap, site, visit) {
    const { ok, is, test } = tap;
    const plain = (o) => Object.keys(o).filter((k) => !/\./.test(k));
    const english = texts('en');

    test('texts: every language has all of them', () => {
        ok(LANGS.length >= 41, 'the languages are there');
        is(LANGS.filter((l) => Intl.getCanonicalLocales(l)[0] !== l), [],
           'with names as BCP 47 writes them');

        for (const lang of LANGS) {
            const all = texts(lang);

            /* what is not said is as in en.txt */
            is(lang.startsWith('en-') ? plain(all).filter((k) => !english[k])
                                      : plain(all),
               lang.startsWith('en-') ? [] : plain(english),
               `${lang}: every text, in order`);
            is(Object.keys(all).filter((k) => english[k]
               && String(places(k, all[k])) !== String(places(k, english[k]))),
               [], `${lang}: every place in every text`);
        }
    });

    test('texts: what is not said', () => {
        const banned = new RegExp('maintenance|technical|improvement|error'
            + '|50[0-9]|server|wartung|technisch', 'i');

        for (const lang of LANGS) {
            const all = texts(lang);

            is(Object.keys(all).filter((k) => banned.test(all[k])), [],
               `${lang}: no jargon and no codes`);
        }
    });

    test('texts: every text of the files is used', () => {
        const page = fs.readFileSync(path.join(HTML, 'page.html'), 'utf8');
        const chosen = new RegExp('^(name|dir|shop|weekdays|months|ampm|day_first|time|date|in_'
            + '|title_|when_|status_|started|next_update|notice)');

        is(plain(english).filter((k) => !chosen.test(k)
                                        && !page.includes(`{{t.${k}}}`)), [],
           'by the page, or chosen by the module');
    });

    test('size: at most 8 KB, 3 KB compressed', () => {
        for (const lang of LANGS) {
            let html = 0, small = 0;

            for (const state of STATES) {
                const page = String(render([`--lang=${lang}`, ...state,
                                            '--set=name=Müller & Sons']));

                for (const look of LOOKS) {
                    const one = Buffer.from(page.replace(style('hero'),
                                                         style(look)));

                    html = Math.max(html, one.length);
                    small = Math.max(small,
                                     zlib.gzipSync(one, { level: 9 }).length);
                }
            }

            ok(html <= 8192 && small <= 3072,
               `${lang}: ${html} bytes, ${small} compressed, in every look`);

            const full = render([`--lang=${lang}`, '--full', '--post=unknown']);

            ok(full.length <= 8192,
               `${lang}: ${full.length} bytes with a notice`);
        }
    });

    test('embed: the module gets these very files', () => {
        const args = ['--lang=ja', '--full', '--post=unsent'];

        ok(perl(path.join(__dirname, 'render.pl'), '--small', ...args)
           .equals(render(args)), 'what is in the C file renders the same');
    });

    test('texts: a date has a number more than a time', () => {
        const date = new RegExp(/if\(\/(.*?)\/\.test\(.\.textContent/
            .exec(perl(`${HTML}/embed.pl`, '--small',
                       path.join(HTML, 'page.html')))[1]);

        for (const lang of LANGS) {
            const said = (eta) => date.test(JSON.parse(render(
                [`--lang=${lang}`, `--eta=${eta}`, '--format=status']))
                .title[1]);

            is([5, 200, 1000, 1300, 20000, 14220].map(said),
               [false, false, false, true, true, true],
               `${lang}: the script can tell them apart`);
        }
    });

    test('text: the plain text says the same', () => {
        for (const lang of LANGS) {
            const said = String(render([`--lang=${lang}`, '--format=txt',
                                        '--full', '--post=unknown']));

            ok(!/[{}<>]|&\w+;/.test(said) && /SORRY10/.test(said)
               && said.includes(texts(lang).post_unknown
                                || english.post_unknown),
               `${lang}: nothing is left over or escaped`, said);
        }
    });
};
