#pragma once

#include <microhttpd.h>
#include <string.h>

// Swift cannot call variadic C functions, and libmicrohttpd starts and questions itself through
// nothing else. Each function here is one such call with fixed argument types, and no more.

/// Everything the server decides about libmicrohttpd. Plain values, so that Swift fills them in.
struct loquet_http_settings {
    int listen_socket;                     // bound and listening already
    unsigned int threads;                  // 1 ... 64
    unsigned int connections_max;          // over all threads
    unsigned int connections_per_address_max;
    unsigned int idle_seconds;
    size_t connection_memory_bytes;
    const char *certificate_pem;           // both or neither
    const char *key_pem;
    void *context;                         // handed to every callback
    MHD_LogCallback log;
    MHD_AccessHandlerCallback handler;
    void *(*target)(void *context, const char *target, struct MHD_Connection *connection);
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection;
};

/// Leaves percent escapes as they came. The library would decode them in place, and "%00" would
/// end the path early without a trace.
static inline size_t loquet_http_keep_escapes(
    void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

static inline struct MHD_Daemon *loquet_http_start(const struct loquet_http_settings *s) {
    // TLS 1.2 and 1.3 only. Not GnuTLS's SECURE256: that refuses certificates over P-256.
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)s->certificate_pem},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)s->key_pem},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    // The library complains about a pool of one thread, and of none: it wants to hear nothing then.
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)s->threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    int with_tls = s->certificate_pem != NULL;
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC
        | MHD_USE_ERROR_LOG | (with_tls ? MHD_USE_TLS : 0);
    return MHD_start_daemon(
        flags, 0, NULL, NULL, s->handler, s->context,
        // The logger comes first, or complaints about later options go to the standard error.
        MHD_OPTION_EXTERNAL_LOGGER, s->log, s->context,
        MHD_OPTION_LISTEN_SOCKET, s->listen_socket,
        MHD_OPTION_ARRAY, s->threads > 1 ? pool : none,
        MHD_OPTION_CONNECTION_LIMIT, s->connections_max,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, s->connections_per_address_max,
        MHD_OPTION_CONNECTION_TIMEOUT, s->idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->connection_memory_bytes,
        MHD_OPTION_URI_LOG_CALLBACK, s->target, s->context,
        MHD_OPTION_NOTIFY_COMPLETED, s->completed, s->context,
        MHD_OPTION_NOTIFY_CONNECTION, s->connection, s->context,
        MHD_OPTION_UNESCAPE_CALLBACK, &loquet_http_keep_escapes, NULL,
#if MHD_VERSION >= 0x00097701
        MHD_OPTION_CLIENT_DISCIPLINE_LVL, 3, // the strictest there is, since this version
#else
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
#endif
        MHD_OPTION_ARRAY, with_tls ? tls : none,
        MHD_OPTION_END);
}

/// What the connection callback stored for this socket, or NULL.
static inline void *loquet_http_socket_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

/// The connection's socket, or -1.
static inline int loquet_http_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

/// The address of the other side, or NULL. Lives as long as the connection.
static inline const struct sockaddr *loquet_http_peer(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info == NULL ? NULL : info->client_addr;
}

/// Bytes from the first of the request line to the empty line, as they came; 0 when unknown.
static inline size_t loquet_http_header_bytes(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL ? 0 : info->header_size;
}
