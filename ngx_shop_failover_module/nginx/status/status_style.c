
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * How the operator's screen looks, and how it stays fresh where there is
 * JavaScript.  Both stand in the page, so that one request brings it all; the
 * policy names their hashes, and so nothing else can run.
 */


#include "nginx/status/status.h"

#include <openssl/evp.h>


static u_char *ngx_shop_status_style_hash(u_char *p, const char *text);


const char  ngx_shop_status_style[] =
    ":root{color-scheme:light dark;--b:#fff;--f:#1a1c1e;--m:#565c63;"
    "--l:#d9dde1;--s:#f3f5f7;--ok:#176b33;--w:#8a5300;--x:#b3121d}"
    "@media(prefers-color-scheme:dark){:root{--b:#15181b;--f:#e7eaed;"
    "--m:#a4abb3;--l:#373d43;--s:#1f2428;--ok:#6fd08c;--w:#f0b429;"
    "--x:#ff8f88}}"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;padding:1rem;max-width:80ch;background:var(--b);"
    "color:var(--f);font:1rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"
    "'DejaVu Sans Mono',monospace;overflow-wrap:anywhere}"
    "header{border-left:.5rem solid var(--c);background:var(--s);"
    "padding:.75rem 1rem}"
    "header p{margin:0}"
    ".k{color:var(--c);font-weight:700}"
    "h1{font-size:1.35rem;line-height:1.3;margin:.15rem 0 .35rem}"
    "h2{font-size:1rem;margin:1.75rem 0 .5rem;padding-bottom:.2rem;"
    "border-bottom:1px solid var(--l)}"
    "h3{font-size:1rem;margin:1rem 0 .25rem}"
    "p{margin:.25rem 0}"
    ".ok{--c:var(--ok)}.w{--c:var(--w)}.x{--c:var(--x)}"
    "b.ok,b.w,b.x{color:var(--c)}"
    "td{overflow-wrap:break-word}"
    "th,td b{white-space:nowrap}"
    ".m{color:var(--m)}"
    "dl{display:grid;grid-template-columns:14ch 1fr;gap:.15rem 1rem;margin:0}"
    "dt{color:var(--m)}dd{margin:0}"
    "ul{margin:.25rem 0;padding-left:1.25rem}header+ul{margin-top:.75rem}"
    "table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.2rem 1rem .2rem 0}"
    "th{font-weight:400;color:var(--m)}"
    "tr+tr td,tbody tr td{border-top:1px solid var(--l)}"
    ".n{text-align:right}"
    "pre{margin:.25rem 0;padding:.5rem .75rem;background:var(--s);"
    "white-space:pre-wrap}"
    "a{color:inherit}"
    "footer{margin-top:2rem;color:var(--m)}"
    "button{font:inherit;color:inherit;background:var(--s);"
    "border:1px solid var(--m);border-radius:.25rem;padding:.2rem .75rem;"
    "min-height:24px}"
    ":focus-visible{outline:3px solid var(--f);outline-offset:2px}"
    "@media(max-width:40rem){"
    "dl{grid-template-columns:1fr}dt{margin-top:.4rem}"
    "thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}"
    "tbody tr{display:block;border-top:1px solid var(--l);padding:.4rem 0}"
    "tbody tr td{display:block;border:0;padding:0}"
    ".n{text-align:left}"
    "td[data-l]::before{content:attr(data-l)' ';color:var(--m)}"
    "}";


/* asks for itself, and puts what came where it was; never while text is marked
 * or the tab is hidden */

const char  ngx_shop_status_style_script[] =
    "(function(){"
    "var b=document.querySelector('button'),"
    "s=document.querySelector('[role=status]'),on=true,busy=false;"
    "if(!window.fetch||!window.DOMParser){return}"
    "b.hidden=false;"
    "b.onclick=function(){on=!on;b.textContent=on?'Pause':'Go on';};"
    "function show(h){"
    "var d=new DOMParser().parseFromString(h,'text/html'),"
    "n=d.querySelector('main'),m=document.querySelector('main'),"
    "was=document.querySelector('h1').textContent;"
    "if(!n){return}"
    "if(n.innerHTML!==m.innerHTML){m.replaceWith(n)}"
    "document.title=d.title;"
    "if(n.querySelector('h1').textContent!==was){"
    "s.textContent=n.querySelector('h1').textContent}"
    "else if(s.dataset.lost){s.textContent=''}"
    "delete s.dataset.lost}"
    "function lost(){if(!s.dataset.lost){s.dataset.lost=1;"
    "s.textContent='nginx does not answer: what is shown is old.'}}"
    "setInterval(function(){"
    "if(!on||busy||document.hidden||String(getSelection())){return}"
    "busy=true;"
    "fetch(location.href,{headers:{Accept:'text/html'},cache:'no-store'})"
    ".then(function(r){return r.ok?r.text():Promise.reject()})"
    ".then(show).catch(lost).then(function(){busy=false})},2000)"
    "})()";


ngx_int_t
ngx_shop_status_style_policy(ngx_conf_t *cf, ngx_str_t *policy)
{
    u_char  *p;

    policy->data = ngx_pnalloc(cf->pool, 512);
    if (policy->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_sprintf(policy->data, "default-src 'none'; style-src ");
    p = ngx_shop_status_style_hash(p, ngx_shop_status_style);
    p = ngx_sprintf(p, "; script-src ");
    p = ngx_shop_status_style_hash(p, ngx_shop_status_style_script);
    p = ngx_sprintf(p, "; connect-src 'self'; base-uri 'none'; "
                       "form-action 'none'; frame-ancestors 'none'");

    policy->len = p - policy->data;

    return NGX_OK;
}


static u_char *
ngx_shop_status_style_hash(u_char *p, const char *text)
{
    u_char        digest[EVP_MAX_MD_SIZE];
    ngx_str_t     hash, base64;
    unsigned int  len;

    if (EVP_Digest(text, ngx_strlen(text), digest, &len, EVP_sha256(), NULL)
        != 1)
    {
        return ngx_sprintf(p, "'none'");
    }

    p = ngx_sprintf(p, "'sha256-");

    hash.data = digest;
    hash.len = len;
    base64.data = p;
    ngx_encode_base64(&base64, &hash);

    return ngx_sprintf(p + base64.len, "'");
}
