/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * A shop that is open or closed: serves the page as t/browser/render.pl
 * renders it, with the headers that the module sends, and the public status.
 */

'use strict';

const crypto = require('crypto');
const { execFileSync } = require('child_process');
const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');

const STATUS = '/.shop-status';
const HTML = path.join(__dirname, '../../html');
const LANGS = fs.readdirSync(path.join(HTML, 'lang')).sort()
    .map((name) => name.replace(/\.txt$/, ''));

/* where a page is looked at: each script, both directions, the longest words */
const SHOWN = ['en', 'ar', 'bg', 'de', 'el', 'fi', 'he', 'hi', 'ja', 'ko', 'pl',
               'th', 'vi', 'zh-Hant'];
const LOOKS = ['hero', 'card', 'plain'];
const rendered = new Map();
let small;


function perl(...args) {
    return execFileSync('perl', args);
}


/* the templates as small as the module has them */
function templates() {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'shop-page-'));

    process.on('exit', () => fs.rmSync(dir, { recursive: true }));
    fs.mkdirSync(path.join(dir, 'lang'));
    fs.mkdirSync(path.join(dir, 'look'));

    for (const name of ['page.html', 'page.txt',
                        ...LOOKS.map((l) => `look/${l}.css`),
                        ...LANGS.map((l) => `lang/${l}.txt`)])
    {
        fs.writeFileSync(path.join(dir, name),
            perl(`${HTML}/embed.pl`, '--small', path.join(HTML, name)));
    }

    return dir;
}


function render(args) {
    const key = args.join(' ');

    small = small || templates();

    if (!rendered.has(key)) {
        rendered.set(key, perl(path.join(__dirname, 'render.pl'),
                               `--dir=${small}`, ...args));
    }

    return rendered.get(key);
}


/* the style of a look, as a page has it */
function style(look) {
    small = small || templates();
    return fs.readFileSync(path.join(small, 'look', `${look}.css`), 'utf8');
}


function policy(html) {
    const hashes = (name) => {
        const re = new RegExp(`<${name}>([^]*?)</${name}>`, 'g');

        return [...String(html).matchAll(re)].map((m) => "'sha256-"
            + crypto.createHash('sha256').update(m[1]).digest('base64')
            + "'").join(' ');
    };

    return `default-src 'none'; style-src ${hashes('style')}; `
           + `script-src ${hashes('script')}; img-src data:; `
           + "connect-src 'self'; base-uri 'none'; form-action 'none'; "
           + "frame-ancestors 'none'";
}


class Site {
    constructor() {
        this.log = [];
        this.reset();
        this.server = http.createServer((req, res) => this.answer(req, res));
    }

    reset() {
        this.args = [];         /* of render.pl, for every page */
        this.post = 'unsent';   /* what became of a POST */
        this.open = false;
        this.status = {};       /* over what render.pl says; a number: fail */
        this.log.length = 0;
    }

    async start() {
        await new Promise((done) => {
            this.server.listen(0, '127.0.0.1', done);
        });
        this.url = `http://127.0.0.1:${this.server.address().port}`;
    }

    stop() {
        this.server.closeAllConnections();
        this.server.close();
    }

    asked(what) {
        return this.log.filter((e) => what === 'status'
                                      ? e.url.startsWith(STATUS)
                                        && !/page=1/.test(e.url)
                                      : `${e.method} ${e.url}` === what).length;
    }

    answer(req, res) {
        this.log.push({ method: req.method, url: req.url, at: Date.now() });
        req.resume();

        if (req.url.startsWith(STATUS) && /&page=1$/.test(req.url)) {
            res.setHeader('Content-Type', 'text/html; charset=utf-8');
            res.end(render(this.args));

        } else if (req.url.startsWith(STATUS)) {
            this.answerStatus(res);

        } else if (this.open) {
            res.setHeader('Content-Type', 'text/html; charset=utf-8');
            res.end('<!DOCTYPE html><html lang="en"><title>Shop</title>'
                    + '<link rel="icon" href="data:,"><h1>Lamps</h1>');

        } else {
            this.answerClosed(req, res);
        }
    }

    answerClosed(req, res) {
        const args = req.method === 'POST' ? [`--post=${this.post}`] : [];
        const html = render([...this.args, ...args]);

        res.writeHead(503, {
            'Content-Type': 'text/html; charset=utf-8',
            'Content-Security-Policy': policy(html),
            'Cache-Control': 'no-store',
            'Retry-After': '30',
        });
        res.end(html);
    }

    answerStatus(res) {
        if (typeof this.status === 'number') {
            res.writeHead(this.status);
            res.end();
            return;
        }

        const said = JSON.parse(render([...this.args, '--format=status',
                                        '--retry=0.2']));

        res.writeHead(200, { 'Content-Type': 'application/json',
                             'Cache-Control': 'no-store' });
        res.end(JSON.stringify(Object.assign(said, this.status)));
    }
}


module.exports = { Site, HTML, LANGS, LOOKS, SHOWN, perl, render, style };
