/* Copyright (C) ngx_shop_failover_module authors
 *
 * How the operator's screen stays fresh: it asks for itself, and puts what came
 * where it was; never while text is marked or the tab is hidden. */

(function () {
    var b = document.querySelector('button'),
        s = document.querySelector('[role=status]'),
        on = true,
        busy = false;

    if (!window.fetch || !window.DOMParser) {
        return;
    }

    b.hidden = false;

    b.onclick = function () {
        on = !on;
        b.textContent = on ? 'Pause' : 'Go on';
    };

    function show(h) {
        var d = new DOMParser().parseFromString(h, 'text/html'),
            n = d.querySelector('main'),
            m = document.querySelector('main'),
            was = document.querySelector('h1').textContent;

        if (!n) {
            return;
        }

        keep(m, n);

        document.title = d.title;

        if (n.querySelector('h1').textContent !== was) {
            s.textContent = n.querySelector('h1').textContent;

        } else if (s.dataset.lost) {
            s.textContent = '';
        }

        delete s.dataset.lost;
    }

    /* what somebody has opened stays open, and the focus where it was */

    function keep(m, n) {
        var a = document.activeElement,
            at = m.contains(a) && a.tagName === 'SUMMARY' && a.parentNode.id;

        n.querySelectorAll('details').forEach(function (d) {
            var was = m.querySelector('#' + CSS.escape(d.id));

            d.open = !!was && was.open;
        });

        if (n.innerHTML === m.innerHTML) {
            return;
        }

        m.replaceWith(n);

        if (at && document.getElementById(at)) {
            document.getElementById(at).querySelector('summary').focus();
        }
    }

    function lost() {
        if (!s.dataset.lost) {
            s.dataset.lost = 1;
            s.textContent = 'nginx does not answer: what is shown is old.';
        }
    }

    setInterval(function () {
        if (!on || busy || document.hidden || String(getSelection())) {
            return;
        }

        busy = true;

        fetch(location.href, { headers: { Accept: 'text/html' },
                               cache: 'no-store' })
            .then(function (r) { return r.ok ? r.text() : Promise.reject(); })
            .then(show).catch(lost).then(function () { busy = false; });
    }, 2000);
})();
