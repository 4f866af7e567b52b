
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * What a page says, for machines: problem+json, and what the waiting page
 * polls.  Chooses no text: view has done that.
 */


#include "logic/words/problem.h"


static void ngx_shop_problem_or_null(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_str_t *value);
static void ngx_shop_problem_pieces(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_pieces_t *pieces);
static void ngx_shop_problem_triple(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_view_sentence_t *s);


void
ngx_shop_problem_write(const ngx_shop_view_t *v, ngx_shop_emit_t *e)
{
    unsigned         i;
    unsigned char    buf[4096];
    ngx_shop_str_t   detail;
    ngx_shop_emit_t  text;

    const ngx_shop_str_t  *said[5], *words;

    words = v->words->text;

    memset(said, 0, sizeof(said));

    said[0] = &v->when.whole;
    said[1] = &v->status;

    if (v->post == NGX_SHOP_VIEW_UNSENT) {
        said[2] = &words[NGX_SHOP_STRINGS_POST_UNSENT];
        said[3] = &words[NGX_SHOP_STRINGS_POST_PAID];

    } else if (v->post == NGX_SHOP_VIEW_UNKNOWN) {
        said[2] = &words[NGX_SHOP_STRINGS_POST_UNKNOWN];
    }

    ngx_shop_emit_init(&text, buf, sizeof(buf));

    for (i = 0; said[i]; i++) {
        ngx_shop_emit_text(&text, i ? " " : "");
        ngx_shop_emit_raw(&text, said[i]->data, said[i]->len);
    }

    detail.data = buf;
    detail.len = (size_t) (text.pos - text.start);

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_cstr(e, "type", "about:blank");
    ngx_shop_emit_str(e, "title", &v->title.whole);
    ngx_shop_emit_int(e, "status", 503);
    ngx_shop_emit_str(e, "detail", &detail);
    ngx_shop_problem_or_null(e, "eta", &v->eta_iso);
    ngx_shop_emit_int(e, "retry_after", v->retry_after);
    ngx_shop_emit_bool(e, "planned", v->state != NGX_SHOP_VIEW_OUTAGE
                                     && !v->unplanned);

    ngx_shop_emit_array(e, "updates");

    for (i = 0; i < v->nupdates; i++) {
        ngx_shop_emit_object(e, NULL);
        ngx_shop_problem_or_null(e, "at", &v->updates[i].iso);
        ngx_shop_emit_str(e, "text", &v->updates[i].text);
        ngx_shop_emit_close(e, '}');
    }

    ngx_shop_emit_close(e, ']');
    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_text(e, "\n");
}


void
ngx_shop_problem_status(const ngx_shop_view_t *v, ngx_shop_emit_t *e,
    int admitted)
{
    unsigned  i;

    ngx_shop_emit_object(e, NULL);
    ngx_shop_emit_cstr(e, "state", ngx_shop_view_state_name(v->state));
    ngx_shop_emit_int(e, "retry_after", v->poll);

    if (v->state != NGX_SHOP_VIEW_OPEN) {
        ngx_shop_emit_bool(e, "admitted", admitted);
        ngx_shop_emit_str(e, "version", &v->version);
        ngx_shop_problem_or_null(e, "eta", &v->eta_iso);
        ngx_shop_problem_or_null(e, "next_update", &v->next_iso);
        ngx_shop_problem_triple(e, "title", &v->title);
        ngx_shop_problem_triple(e, "when", &v->when);
        ngx_shop_problem_triple(e, "next", &v->next);

        if (v->progress.len) {
            ngx_shop_emit_int(e, "progress", v->progress_at);

        } else {
            ngx_shop_emit_null(e, "progress");
        }

        ngx_shop_emit_str(e, "status", &v->status);
        ngx_shop_problem_pieces(e, "reason", &v->reason);
        ngx_shop_problem_pieces(e, "offer", &v->offer);
        ngx_shop_problem_pieces(e, "contacts", &v->contacts);

        ngx_shop_emit_array(e, "updates");

        for (i = 0; i < v->nupdates; i++) {
            ngx_shop_emit_object(e, NULL);
            ngx_shop_problem_or_null(e, "at", &v->updates[i].iso);
            ngx_shop_emit_str(e, "time", &v->updates[i].time);
            ngx_shop_emit_str(e, "text", &v->updates[i].text);
            ngx_shop_emit_close(e, '}');
        }

        ngx_shop_emit_close(e, ']');
    }

    ngx_shop_emit_close(e, '}');
    ngx_shop_emit_text(e, "\n");
}


static void
ngx_shop_problem_or_null(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_str_t *value)
{
    if (value->len) {
        ngx_shop_emit_str(e, key, value);

    } else {
        ngx_shop_emit_null(e, key);
    }
}


/* lines of pieces: [text], [text, URL], or [text, "", 1] of a code */

static void
ngx_shop_problem_pieces(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_pieces_t *pieces)
{
    unsigned                      i;
    const ngx_shop_pieces_piece_t  *piece;

    ngx_shop_emit_array(e, key);

    for (i = 0; i < pieces->n; i++) {
        piece = &pieces->piece[i];

        if (piece->first) {
            ngx_shop_emit_array(e, NULL);
        }

        ngx_shop_emit_array(e, NULL);
        ngx_shop_emit_str(e, NULL, &piece->link.text);

        if (piece->link.href.len || piece->code) {
            ngx_shop_emit_str(e, NULL, &piece->link.href);
        }

        if (piece->code) {
            ngx_shop_emit_int(e, NULL, 1);
        }

        ngx_shop_emit_close(e, ']');

        if (piece->last) {
            ngx_shop_emit_close(e, ']');
        }
    }

    ngx_shop_emit_close(e, ']');
}


static void
ngx_shop_problem_triple(ngx_shop_emit_t *e, const char *key,
    const ngx_shop_view_sentence_t *s)
{
    ngx_shop_emit_array(e, key);
    ngx_shop_emit_str(e, NULL, &s->before);
    ngx_shop_emit_str(e, NULL, &s->time);
    ngx_shop_emit_str(e, NULL, &s->after);
    ngx_shop_emit_close(e, ']');
}
