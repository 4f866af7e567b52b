'use strict';
const launch = require('./launch.js');
const [url, out] = process.argv.slice(2);
(async () => {
  const b = await launch();
  const shots = [];
  for (const [w, s] of [[800,'light'],[360,'light'],[320,'dark'],[800,'dark']]) {
    const c = await b.newContext({ viewport: { width: w, height: 800 }, colorScheme: s });
    const p = await c.newPage();
    const said = [];
    p.on('console', m => said.push(m.text()));
    await p.goto(url, { waitUntil: 'load' });
    const out_ = await p.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (out_ > 0) console.log(`${out} ${w}: sticks out by ${out_}`);
    if (said.length) console.log(said.join('\n'));
    shots.push((await p.screenshot({ fullPage: true })).toString('base64'));
    await c.close();
  }
  const c = await b.newContext({ viewport: { width: 2340, height: 100 } });
  const p = await c.newPage();
  await p.setContent('<body style="margin:8px;background:#888;display:flex;align-items:flex-start;gap:8px">' + shots.map(x => `<img src="data:image/png;base64,${x}">`).join(''));
  await p.screenshot({ fullPage: true, path: out + '.png' });
  await b.close();
})();
