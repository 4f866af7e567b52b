/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * The little of TAP that the browser tests need: a check is a line, a test
 * that throws is a failed check; words choose tests by name.
 */

'use strict';

const tests = [];
let count = 0, failed = 0;


function line(good, name, why) {
    count++;
    failed += good ? 0 : 1;
    console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}`);

    if (!good && why !== undefined) {
        console.log(String(why).replace(/^/gm, '# '));
    }
}


function ok(good, name, why) {
    line(!!good, name, why);
}


function is(got, wanted, name) {
    const g = JSON.stringify(got), w = JSON.stringify(wanted);

    line(g === w, name, `     got: ${g}\nexpected: ${w}`);
}


function test(name, run) {
    tests.push({ name, run });
}


async function runAll(words) {
    for (const { name, run } of tests) {
        if (words.length && !words.some((w) => name.includes(w))) {
            continue;
        }

        try {
            await run();

        } catch (e) {
            ok(false, name, e.stack || e);
        }
    }

    console.log(`1..${count}`);
    return failed ? 1 : 0;
}


/* a poll with a deadline instead of a sleep */
async function until(what, ms) {
    const end = Date.now() + (ms || 30000);

    for (;;) {
        const got = await what();

        if (got || Date.now() > end) {
            return got;
        }
        await new Promise((done) => setTimeout(done, 20));
    }
}


module.exports = { ok, is, test, runAll, until };
