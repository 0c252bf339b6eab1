#pragma once

#include <curl/curl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, and Swift does not call variadic C functions.
// One function here for each type of argument; the caller picks the option that takes it. The
// parentheses keep libcurl's macros of the same names out.

static inline CURLcode loquet_curl_number(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}

/// libcurl copies the text.
static inline CURLcode loquet_curl_text(CURL *handle, CURLoption option, const char *value) {
    return (curl_easy_setopt)(handle, option, value);
}

/// The list stays the caller's, and must live until the transfer is over.
static inline CURLcode loquet_curl_list(
    CURL *handle, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(handle, option, value);
}

/// Where answers go: CURLOPT_WRITEFUNCTION with its context.
static inline CURLcode loquet_curl_receive(
    CURL *handle, curl_write_callback receive, void *context) {
    CURLcode code = (curl_easy_setopt)(handle, CURLOPT_WRITEDATA, context);
    return code != CURLE_OK ? code : (curl_easy_setopt)(handle, CURLOPT_WRITEFUNCTION, receive);
}

/// What a POST sends. Copied, so that the library can send it again on a new connection when one that
/// it kept has gone stale.
static inline CURLcode loquet_curl_post(CURL *handle, const void *bytes, size_t count) {
    CURLcode code = (curl_easy_setopt)(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code != CURLE_OK ? code : (curl_easy_setopt)(handle, CURLOPT_COPYPOSTFIELDS, bytes);
}

/// Where an upload, such as a mail, comes from: CURLOPT_READFUNCTION with its context, and its size.
static inline CURLcode loquet_curl_upload(
    CURL *handle, curl_read_callback send, void *context, size_t count) {
    CURLcode code = (curl_easy_setopt)(handle, CURLOPT_UPLOAD, 1L);
    if (code == CURLE_OK) code = (curl_easy_setopt)(handle, CURLOPT_READDATA, context);
    if (code == CURLE_OK) code = (curl_easy_setopt)(handle, CURLOPT_READFUNCTION, send);
    if (code != CURLE_OK) return code;
    return (curl_easy_setopt)(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)count);
}

/// Who makes sockets: CURLOPT_OPENSOCKETFUNCTION with its context. It sees each address after the
/// name was resolved, and may refuse it.
static inline CURLcode loquet_curl_open_sockets(
    CURL *handle, curl_opensocket_callback open, void *context) {
    CURLcode code = (curl_easy_setopt)(handle, CURLOPT_OPENSOCKETDATA, context);
    return code != CURLE_OK ? code : (curl_easy_setopt)(handle, CURLOPT_OPENSOCKETFUNCTION, open);
}

/// Where the library writes what went wrong: CURL_ERROR_SIZE bytes that outlive the handle.
static inline CURLcode loquet_curl_complaints(CURL *handle, char *buffer) {
    return (curl_easy_setopt)(handle, CURLOPT_ERRORBUFFER, buffer);
}

static inline CURLcode loquet_curl_get_number(CURL *handle, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(handle, info, value);
}

static inline CURLcode loquet_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return (curl_easy_getinfo)(handle, info, value);
}

/// The 16 bytes of an address, an IPv4 address as ::ffff:a.b.c.d; 0 when it is of another family.
/// In C because `addr` is declared as 16 bytes and holds as many as `addrlen` says.
static inline int loquet_curl_address(const struct curl_sockaddr *from, uint8_t *bytes) {
    if (from->family == AF_INET && from->addrlen >= sizeof(struct sockaddr_in)) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)&from->addr;
        memset(bytes, 0, 10);
        memset(bytes + 10, 0xFF, 2);
        memcpy(bytes + 12, &v4->sin_addr, 4);
        return 1;
    }
    if (from->family == AF_INET6 && from->addrlen >= sizeof(struct sockaddr_in6)) {
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)&from->addr;
        memcpy(bytes, &v6->sin6_addr, 16);
        return 1;
    }
    return 0;
}
