#pragma once

#include <stdint.h>
#include <sys/time.h>

#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>

// amqp_login is variadic, and Swift does not call variadic C functions. PLAIN, on one channel.
static inline amqp_rpc_reply_t loquet_amqp_login(
    amqp_connection_state_t state, const char *vhost, int heartbeat_seconds, const char *user,
    const char *password) {
    return amqp_login(
        state, vhost, 1, AMQP_DEFAULT_FRAME_SIZE, heartbeat_seconds, AMQP_SASL_METHOD_PLAIN, user,
        password);
}

// A table's values are a union, which Swift fills in only by bytes. Declares a durable quorum queue;
// amqp_get_rpc_reply says how it went.
static inline void loquet_amqp_declare_quorum_queue(
    amqp_connection_state_t state, amqp_channel_t channel, amqp_bytes_t name) {
    amqp_table_entry_t entry;
    entry.key = amqp_cstring_bytes("x-queue-type");
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = amqp_cstring_bytes("quorum");
    amqp_table_t arguments = {1, &entry};
    (void)amqp_queue_declare(state, channel, name, 0, 1, 0, 0, arguments);
}
