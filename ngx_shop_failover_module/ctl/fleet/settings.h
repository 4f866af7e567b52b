
/*
 * Copyright (C) ngx_shop_failover_module authors
 *
 * Where the engine of a fleet is and how it is entered: options and variables,
 * secrets from files only.
 */


#ifndef _NGX_SHOP_SETTINGS_H_INCLUDED_
#define _NGX_SHOP_SETTINGS_H_INCLUDED_


#include "ctl/options.h"


/* the options of all commands of a fleet */
#define NGX_SHOP_SETTINGS_OPTIONS                                            \
    { "engine", NGX_SHOP_OPTIONS_VALUE, "URL",                               \
      "etcd://HOST:2379/shop, redis://HOST/shop, kube://NAMESPACE/MAP "      \
      "or https://HOST/PATH; else $SHOP_FLEET_ENGINE" },                     \
    { "user", NGX_SHOP_OPTIONS_VALUE, "NAME",                                \
      "of the engine, else $SHOP_FLEET_USER" },                              \
    { "password-file", NGX_SHOP_OPTIONS_VALUE, "FILE",                       \
      "else $SHOP_FLEET_PASSWORD_FILE" },                                    \
    { "token-file", NGX_SHOP_OPTIONS_VALUE, "FILE",                          \
      "a bearer token, else $SHOP_FLEET_TOKEN_FILE" },                       \
    { "ca", NGX_SHOP_OPTIONS_VALUE, "FILE",                                  \
      "whom to trust, else $SHOP_FLEET_CA, else the system's" },             \
    { "cert", NGX_SHOP_OPTIONS_VALUE, "FILE",                                \
      "our certificate, else $SHOP_FLEET_CERT" },                            \
    { "cert-key", NGX_SHOP_OPTIONS_VALUE, "FILE",                            \
      "its key, else $SHOP_FLEET_CERT_KEY" },                                \
    { "nodes", NGX_SHOP_OPTIONS_VALUE, "FILE",                               \
      "with https: a line \"NAME URL\" a node, the URL of its shop_status; " \
      "else $SHOP_FLEET_NODES" }


typedef struct {
    const char  *engine;
    const char  *user;
    const char  *password_file;
    const char  *token_file;
    const char  *ca;
    const char  *cert;
    const char  *cert_key;
    const char  *nodes;
} ngx_shop_settings_t;


/* OK, or ERROR after it was said what is wrong */
int ngx_shop_settings_read(ngx_shop_settings_t *s,
    const ngx_shop_options_t *o);

/* whether an option is one of these */
int ngx_shop_settings_is(const ngx_shop_options_given_t *given);

/*
 * The first line of a file into buf, with its length; secret: nobody else may
 * read it.  OK, or ERROR after it was said why, but nothing of what is in it.
 */
int ngx_shop_settings_secret(const char *path, unsigned secret, char *buf,
    size_t size);


#endif /* _NGX_SHOP_SETTINGS_H_INCLUDED_ */
