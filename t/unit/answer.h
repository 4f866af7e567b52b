
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * For test_answer.c: answers, good and bad, and what is to be read of them.
 */


#ifndef _TEST_ANSWER_H_INCLUDED_
#define _TEST_ANSWER_H_INCLUDED_


#include <stddef.h>


/* of what is expected, a member left out is 0: error NULL means complete */
typedef struct {
    const char  *what;
    const char  *input;
    size_t       len;                /* 0: strlen(input) */
    const char  *error;
    const char  *head;               /* NULL: not compared */
    const char  *body;
    int          status;
    int          eof;                /* the peer closes after the input */
    int          no_body;
    int          cgi;
    int          close;
    size_t       rest;               /* bytes that are not of this answer */
} case_t;


static const case_t  cases[] = {

    /* the ordinary */

    { .what = "content-length", .status = 200, .body = "ok",
      .head = "Content-Length: 2\nX-Ready: yes\n",
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Ready:yes \r\n"
               "\r\nok" },
    { .what = "an empty body", .status = 200, .body = "",
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
    { .what = "more than the body", .status = 200, .body = "ok", .rest = 4,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\r\n\r\n" },
    { .what = "no length: until close", .status = 200, .body = "all of it",
      .eof = 1, .close = 1,
      .input = "HTTP/1.1 200 OK\r\n\r\nall of it" },
    { .what = "until close, nothing", .status = 200, .body = "",
      .eof = 1, .close = 1, .input = "HTTP/1.1 200 OK\r\n\r\n" },
    { .what = "HTTP/1.0", .status = 200, .body = "ok", .close = 1,
      .input = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok" },
    { .what = "HTTP/1.0 with keep-alive", .status = 200, .body = "ok",
      .input = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n"
               "Connection: Keep-Alive\r\n\r\nok" },
    { .what = "close beats keep-alive", .status = 200, .body = "ok",
      .close = 1,
      .input = "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n"
               "Connection: close, Keep-Alive\r\n\r\nok" },
    { .what = "connection: close in a list", .status = 200, .body = "ok",
      .close = 1,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
               "Connection: foo ,\tCLOSE ,\r\n\r\nok" },
    { .what = "connection: closed is not close", .status = 200, .body = "ok",
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
               "Connection: closed\r\n\r\nok" },

    /* the status line */

    { .what = "no reason, a space", .status = 204, .body = "",
      .input = "HTTP/1.1 204 \r\n\r\n" },
    { .what = "no reason, no space", .status = 204, .body = "",
      .input = "HTTP/1.1 204\r\n\r\n" },
    { .what = "IIS substatus", .status = 403, .body = "",
      .input = "HTTP/1.1 403.1 no\r\nContent-Length: 0\r\n\r\n" },
    { .what = "two spaces", .status = 204, .body = "",
      .input = "HTTP/1.1  204 x\r\n\r\n" },
    { .what = "a later minor version", .status = 204, .body = "",
      .input = "HTTP/1.9 204 x\r\n\r\n" },
    { .what = "status 999", .status = 999, .body = "",
      .input = "HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n" },
    { .what = "LF alone", .status = 200, .body = "ok",
      .head = "Content-Length: 2\n",
      .input = "HTTP/1.1 200 OK\nContent-Length: 2\n\nok" },
    { .what = "HTTP/2", .error = "not an HTTP/1.x answer",
      .input = "HTTP/2.0 200 OK\r\n\r\n" },
    { .what = "HTTP/2 frames", .error = "not an HTTP/1.x answer",
      .input = "\0\0\6\4\0\0\0\0\0", .len = 9 },
    { .what = "a TLS alert", .error = "not an HTTP/1.x answer",
      .input = "\25\3\1\0\2\2\12", .len = 7 },
    { .what = "HTTP/0.9", .error = "not an HTTP/1.x answer",
      .input = "<html>hello" },
    { .what = "SMTP", .error = "not an HTTP/1.x answer",
      .input = "220 mail ready\r\n" },
    { .what = "a line before", .error = "not an HTTP/1.x answer",
      .input = "\r\nHTTP/1.1 200 OK\r\n\r\n" },
    { .what = "lower case", .error = "not an HTTP/1.x answer",
      .input = "http/1.1 200 OK\r\n\r\n" },
    { .what = "two digits of minor", .error = "broken status line",
      .input = "HTTP/1.10 200 OK\r\n\r\n" },
    { .what = "no minor", .error = "not an HTTP/1.x answer",
      .input = "HTTP/1. 200 OK\r\n\r\n" },
    { .what = "no status", .error = "bad status code",
      .input = "HTTP/1.1 OK\r\n\r\n" },
    { .what = "no status at all", .error = "broken status line",
      .input = "HTTP/1.1\r\n\r\n" },
    { .what = "two digits", .error = "bad status code", .status = 20,
      .input = "HTTP/1.1 20 OK\r\n\r\n" },
    { .what = "four digits", .error = "bad status code", .status = 200,
      .input = "HTTP/1.1 2000 OK\r\n\r\n" },
    { .what = "status 099", .error = "bad status code",
      .input = "HTTP/1.1 099 OK\r\n\r\n" },
    { .what = "negative status", .error = "bad status code",
      .input = "HTTP/1.1 -20 OK\r\n\r\n" },
    { .what = "bare CR in the reason", .error = "CR without LF", .status = 200,
      .input = "HTTP/1.1 200 O\rK\r\n\r\n" },

    /* interim responses */

    { .what = "100 before", .status = 200, .body = "ok",
      .head = "Content-Length: 2\n",
      .input = "HTTP/1.1 100 Continue\r\nX-Old: 1\r\n\r\n"
               "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" },
    { .what = "103 and 102 before", .status = 204, .body = "",
      .input = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
               "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 204 x\r\n\r\n" },
    { .what = "101", .error = "status 101: protocol switched unasked",
      .status = 101, .input = "HTTP/1.1 101 Switching Protocols\r\n\r\n" },
    { .what = "100 and closed", .error = "closed before the status line",
      .eof = 1, .input = "HTTP/1.1 100 Continue\r\n\r\n" },

    /* headers */

    { .what = "blanks around a value", .status = 204, .head = "A: b c\nD: \n",
      .input = "HTTP/1.1 204 x\r\nA: \t b c \t \r\nD:  \t\r\n\r\n" },
    { .what = "a value that ends with a colon", .status = 204,
      .head = "A: b:\n", .input = "HTTP/1.1 204 x\r\nA: b: \r\n\r\n" },
    { .what = "folded lines", .status = 204, .head = "A: b c d\nE: f\nG: \n",
      .input = "HTTP/1.1 204 x\r\nA: b \r\n\t c\r\n  \r\n d\r\nE:\r\n f\r\n"
               "G: \r\n \r\n\r\n" },
    { .what = "a line without a colon", .status = 204, .head = "A: b\nC: d\n",
      .input = "HTTP/1.1 204 x\r\nA: b\r\nfoo\r\nC: d\r\n\r\n" },
    { .what = "a second status line", .status = 204, .head = "A: b\nC: d\n",
      .input = "HTTP/1.1 204 x\r\nA: b\r\nHTTP/1.1 200 OK\r\nC: d\r\n\r\n" },
    { .what = "bytes above 127", .status = 204, .head = "\xc3\xa9: \xff\n",
      .input = "HTTP/1.1 204 x\r\n\xc3\xa9: \xff\r\n\r\n" },
    { .what = "fold of nothing", .status = 200,
      .error = "space or control byte in a header's name",
      .input = "HTTP/1.1 200 OK\r\n A: b\r\n\r\n" },
    { .what = "space before the colon", .status = 200,
      .error = "space or control byte in a header's name",
      .input = "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok" },
    { .what = "words", .status = 200,
      .error = "space or control byte in a header's name",
      .input = "HTTP/1.1 200 OK\r\nnot a header\r\n\r\n" },
    { .what = "no name", .error = "header without a name", .status = 200,
      .input = "HTTP/1.1 200 OK\r\n: b\r\n\r\n" },
    { .what = "NUL in a name", .status = 200,
      .error = "space or control byte in a header's name",
      .input = "HTTP/1.1 200 OK\r\nA\0: b\r\n\r\n", .len = 27 },
    { .what = "NUL in a value", .status = 200,
      .error = "NUL in a header's value",
      .input = "HTTP/1.1 200 OK\r\nA: \0b\r\n\r\n", .len = 27 },
    { .what = "bare CR in a value", .error = "CR without LF", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n" },
    { .what = "two CR", .error = "CR without LF", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nA: b\r\r\n\r\n" },

    /* bodies that are not there */

    { .what = "HEAD", .status = 200, .body = "", .no_body = 1, .rest = 1,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n!" },
    { .what = "HEAD, chunked", .status = 200, .body = "", .no_body = 1,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" },
    { .what = "304 with a length", .status = 304, .body = "",
      .input = "HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n" },
    { .what = "204 with a length", .status = 204, .body = "",
      .input = "HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n" },

    /* lengths */

    { .what = "the same length twice", .status = 200, .body = "ok",
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
               "content-length: 2\r\n\r\nok" },
    { .what = "two lengths", .error = "two different Content-Lengths",
      .status = 200,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
               "Content-Length: 3\r\n\r\nok" },
    { .what = "0 and another length", .error = "two different Content-Lengths",
      .status = 200,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
               "Content-Length: 3\r\n\r\n" },
    { .what = "a name as long", .status = 200, .body = "", .eof = 1,
      .close = 1,
      .input = "HTTP/1.1 200 OK\r\nXontent-Length: 2\r\n"
               "Content-LengtX: 2\r\n\r\n" },
    { .what = "a list of lengths", .error = "bad Content-Length",
      .status = 200,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok" },
    { .what = "no digits", .error = "bad Content-Length", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n" },
    { .what = "negative length", .error = "bad Content-Length", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" },
    { .what = "plus sign", .error = "bad Content-Length", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n" },
    { .what = "hexadecimal length", .error = "bad Content-Length",
      .status = 200,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\n" },
    { .what = "2^63", .error = "bad Content-Length", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n"
               "\r\n" },
    { .what = "2^64 + 2", .error = "bad Content-Length", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551618\r\n"
               "\r\nok" },
    { .what = "2^63 - 1", .error = "body shorter than promised", .status = 200,
      .body = "ok", .eof = 1,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n"
               "\r\nok" },
    { .what = "a short body", .error = "body shorter than promised",
      .status = 200, .body = "o", .eof = 1,
      .input = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no" },

    /* chunked */

    { .what = "chunked", .status = 200, .body = "hello, world",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n" },
    { .what = "chunked, rest", .status = 200, .body = "hello", .rest = 3,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
               "5\r\nhello\r\n0\r\n\r\nabc" },
    { .what = "chunked in HTTP/1.0", .status = 200, .body = "a", .close = 1,
      .input = "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "1\r\na\r\n0\r\n\r\n" },
    { .what = "chunked last of a list", .status = 200, .body = "a",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
               "1\r\na\r\n0\r\n\r\n" },
    { .what = "chunked last of two lines", .status = 200, .body = "a",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n"
               "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" },
    { .what = "chunked not last", .status = 200, .body = "1", .eof = 1,
      .close = 1,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n"
               "1" },
    { .what = "extensions", .status = 200, .body = "hello, world!!!",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "5;a=b;c=\"d;e\"\r\nhello\r\n7 ; x\r\n, world\r\n3\t\r\n!!!\r\n"
               "0;last\r\n\r\n" },
    { .what = "trailers", .status = 200, .body = "hello",
      .head = "Transfer-Encoding: chunked\n",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "5\r\nhello\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n" },
    { .what = "zeros and cases", .status = 200, .body = "0123456789abcdefghij",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "00000000000000000000a\r\n0123456789\r\nA\r\nabcdefghij\r\n"
               "000\r\n\r\n" },
    { .what = "LF in chunk lines", .status = 200, .body = "hello",
      .input = "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n"
               "5\nhello\n0\n\n" },
    { .what = "CR and LF inside a chunk", .status = 200, .body = "\r\n0\r\n\r",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "6\r\n\r\n0\r\n\r\r\n0\r\n\r\n" },
    { .what = "both", .error = "both Content-Length and chunked",
      .status = 200,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
               "Content-Length: 2\r\n\r\n0\r\n\r\n" },
    { .what = "chunked and length 0", .status = 200,
      .error = "both Content-Length and chunked",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
               "Content-Length: 0\r\n\r\n0\r\n\r\n" },
    { .what = "a chunk of 9", .status = 200, .body = "123456789",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "9\r\n123456789\r\n0\r\n\r\n" },
    { .what = "a blank for a size", .error = "chunk without a size",
      .status = 200,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n \r\n"
    },
    { .what = "a tab for a size", .error = "chunk without a size",
      .status = 200,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\t0\r\n"
    },
    { .what = "no size", .error = "chunk without a size", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n" },
    { .what = "extension only", .error = "chunk without a size",
      .status = 200,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n;a\r\n" },
    { .what = "not a size", .error = "bad chunk size", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" },
    { .what = "negative size", .error = "bad chunk size", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n" },
    { .what = "0x size", .error = "bad chunk size", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\n" },
    { .what = "2^63 in a chunk", .error = "chunk size too large",
      .status = 200,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "8000000000000000\r\n" },
    { .what = "2^64 in a chunk", .error = "chunk size too large",
      .status = 200,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "10000000000000000\r\n" },
    { .what = "2^63 - 1 in a chunk", .status = 200, .body = "a", .eof = 1,
      .error = "closed before the last chunk's end",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "7fffffffffffffff\r\na" },
    { .what = "longer than its size", .error = "chunk longer than its size",
      .status = 200, .body = "hel",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "3\r\nhello\r\n" },
    { .what = "bare CR after a size", .error = "CR without LF", .status = 200,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "3\rhel" },
    { .what = "closed in a chunk", .status = 200, .body = "hel", .eof = 1,
      .error = "closed before the last chunk's end",
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"
    },
    { .what = "closed in the trailer", .status = 200, .body = "hello",
      .error = "closed before the last chunk's end", .eof = 1,
      .input = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "5\r\nhello\r\n0\r\n" },

    /* closed early */

    { .what = "nothing", .error = "closed before the status line", .eof = 1,
      .input = "" },
    { .what = "half a status line", .error = "closed before the status line",
      .eof = 1, .input = "HTTP/1.1 " },
    { .what = "half a header", .error = "closed in the header", .status = 200,
      .eof = 1, .input = "HTTP/1.1 200 OK\r\nContent-Le" },
    { .what = "no empty line", .error = "closed in the header", .status = 200,
      .eof = 1, .input = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" },

    /* CGI */

    { .what = "cgi", .cgi = 1, .status = 200, .body = "pong", .eof = 1,
      .close = 1, .head = "Content-type: text/plain\n",
      .input = "Content-type: text/plain\r\n\r\npong" },
    { .what = "cgi status", .cgi = 1, .status = 503, .body = "no", .eof = 1,
      .close = 1,
      .input = "Status: 503 Service Unavailable\r\nA: b\r\n\r\nno" },
    { .what = "cgi status without a reason", .cgi = 1, .status = 404,
      .body = "", .eof = 1, .close = 1,
      .input = "A: b\nstatus:404\n\n" },
    { .what = "cgi location", .cgi = 1, .status = 302, .eof = 1, .close = 1,
      .input = "Location: /a\r\n\r\n" },
    { .what = "cgi location and status", .cgi = 1, .status = 301, .eof = 1,
      .close = 1, .input = "Location: /a\r\nStatus: 301 x\r\n\r\n" },
    { .what = "cgi length", .cgi = 1, .status = 200, .body = "pong",
      .rest = 1, .close = 1, .input = "Content-Length: 4\r\n\r\npong!" },
    { .what = "cgi short", .cgi = 1, .status = 200, .body = "po", .eof = 1,
      .error = "body shorter than promised",
      .input = "Content-Length: 4\r\n\r\npo" },
    { .what = "cgi 204", .cgi = 1, .status = 204, .body = "", .close = 1,
      .input = "Status: 204\r\n\r\n" },
    { .what = "cgi has no chunked", .cgi = 1, .status = 200, .body = "0",
      .eof = 1, .close = 1, .input = "Transfer-Encoding: chunked\r\n\r\n0" },
    { .what = "cgi with a status line", .cgi = 1, .status = 200, .body = "a",
      .eof = 1, .close = 1, .head = "A: b\n",
      .input = "HTTP/1.1 503 no\r\nA: b\r\n\r\na" },
    { .what = "cgi no header", .cgi = 1, .status = 200, .body = "a",
      .eof = 1, .close = 1, .input = "\r\na" },
    { .what = "cgi bad status", .cgi = 1, .error = "bad status code",
      .input = "Status: fine\r\n\r\n" },
    { .what = "cgi short status", .cgi = 1, .error = "bad status code",
      .input = "Status: 50\r\n\r\n" },
    { .what = "cgi long status", .cgi = 1, .error = "bad status code",
      .input = "Status: 5030\r\n\r\n" },
    { .what = "cgi empty status", .cgi = 1, .error = "bad status code",
      .input = "Status:\r\n\r\n" },
    { .what = "cgi status 100", .cgi = 1, .status = 100, .body = "",
      .close = 1, .input = "Status: 100\r\n\r\n" },
    { .what = "cgi nothing", .cgi = 1, .error = "closed before the header",
      .eof = 1, .input = "" },
    { .what = "cgi half a header", .cgi = 1, .error = "closed in the header",
      .eof = 1, .input = "Status: 20" },
    { .what = "cgi warning text", .cgi = 1,
      .error = "space or control byte in a header's name",
      .input = "PHP Warning:  x\r\n\r\n" }
};


#endif /* _TEST_ANSWER_H_INCLUDED_ */
