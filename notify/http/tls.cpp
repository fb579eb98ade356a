// OpenSSL over send() and recv(), so that a closed peer is an answer and never a SIGPIPE.
// SPDX-License-Identifier: MIT
#include "notify/http/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <climits>

namespace assay::notify {

struct TlsTicket::Body {
    SSL_SESSION* session = nullptr;
};
TlsTicket::TlsTicket() : body_(std::make_unique<Body>()) {}
TlsTicket::~TlsTicket() {
    SSL_SESSION_free(body_->session);
}

struct TlsSession::Body {
    SSL* ssl = nullptr;
    bool established = false;
    Body() = default;
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;
    ~Body() { SSL_free(ssl); }
};

struct TlsContext::Body {
    SSL_CTX* context = nullptr;
    BIO_METHOD* socket = nullptr;
    Body() = default;
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;
    ~Body() {
        SSL_CTX_free(context);
        BIO_meth_free(socket);
    }
};

namespace {

int clamp_size(std::size_t size) noexcept {
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

int descriptor_of(BIO* bio) noexcept {
    return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int bio_write(BIO* bio, const char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const auto sent =
        ::send(descriptor_of(bio), bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        BIO_set_retry_write(bio);
    }
    return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* bytes, int size) {
    BIO_clear_retry_flags(bio);
    const auto got = ::recv(descriptor_of(bio), bytes, static_cast<std::size_t>(size), 0);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) {
        BIO_set_retry_read(bio);
    }
    return static_cast<int>(got);
}

long bio_control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* make_socket_method() {
    BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (method == nullptr) return nullptr;
    BIO_meth_set_write(method, bio_write);
    BIO_meth_set_read(method, bio_read);
    BIO_meth_set_ctrl(method, bio_control);
    return method;
}

std::string library_error(std::string_view fallback) {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    if (code == 0) return std::string(fallback);
    const char* const reason = ERR_reason_error_string(code);
    return reason == nullptr ? std::string(fallback) : std::string(reason);
}

Error tls_error(std::string what) {
    return fail(ErrorCode::tls_failed, std::move(what));
}

}  // namespace

TlsSession::TlsSession(std::unique_ptr<Body> body) : body_(std::move(body)) {}
TlsSession::~TlsSession() = default;

TlsStep TlsSession::judge(int result) {
    const int error = SSL_get_error(body_->ssl, result);
    switch (error) {
        case SSL_ERROR_WANT_READ:
            return TlsStep::want_read;
        case SSL_ERROR_WANT_WRITE:
            return TlsStep::want_write;
        case SSL_ERROR_ZERO_RETURN:
            return TlsStep::closed;
        default:
            break;
    }
    const long verdict = SSL_get_verify_result(body_->ssl);
    if (!body_->established && verdict != X509_V_OK) {
        ERR_clear_error();
        problem_ = std::string("certificate refused: ") + X509_verify_cert_error_string(verdict);
        return TlsStep::failed;
    }
    const bool broken_off = error == SSL_ERROR_SYSCALL || ERR_GET_REASON(ERR_peek_last_error()) ==
                                                              SSL_R_UNEXPECTED_EOF_WHILE_READING;
    problem_ = library_error("the connection broke off");
    return broken_off ? TlsStep::closed : TlsStep::failed;
}

TlsStep TlsSession::handshake() {
    ERR_clear_error();
    const int result = SSL_connect(body_->ssl);
    if (result != 1) return judge(result);
    body_->established = true;
    return TlsStep::done;
}

TlsStep TlsSession::read(std::span<char> into, std::size_t& got) {
    assert(!into.empty());
    got = 0;
    ERR_clear_error();
    const int result = SSL_read(body_->ssl, into.data(), clamp_size(into.size()));
    if (result <= 0) return judge(result);
    got = static_cast<std::size_t>(result);
    return TlsStep::done;
}

TlsStep TlsSession::write(std::string_view bytes, std::size_t& sent) {
    assert(!bytes.empty());
    sent = 0;
    ERR_clear_error();
    const int result = SSL_write(body_->ssl, bytes.data(), clamp_size(bytes.size()));
    if (result <= 0) return judge(result);
    sent = static_cast<std::size_t>(result);
    return TlsStep::done;
}

void TlsSession::close() noexcept {
    if (!body_->established) return;
    ERR_clear_error();
    SSL_shutdown(body_->ssl);
    ERR_clear_error();
}

TlsContext::TlsContext(std::unique_ptr<Body> body) : body_(std::move(body)) {}
TlsContext::~TlsContext() = default;

namespace {

// Where a session's ticket hangs on the SSL object.
int ticket_index() noexcept {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::make(const std::string& ca_bundle,
                                                     bool system_authorities) {
    auto body = std::make_unique<Body>();
    body->context = SSL_CTX_new(TLS_client_method());
    body->socket = make_socket_method();
    if (body->context == nullptr || body->socket == nullptr) {
        return tls_error("TLS cannot start: " + library_error("no memory"));
    }
    SSL_CTX* const context = body->context;
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);  // header and body of a record in one recv
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    if (system_authorities && SSL_CTX_set_default_verify_paths(context) != 1) {
        return tls_error("the system's certificate authorities cannot be read");
    }
    if (!ca_bundle.empty() &&
        SSL_CTX_load_verify_locations(context, ca_bundle.c_str(), nullptr) != 1) {
        return tls_error("the CA bundle " + ca_bundle +
                         " cannot be read: " + library_error("unreadable"));
    }
    // Sessions are kept by us, one per origin and partition, never in a cache that all share.
    SSL_CTX_set_session_cache_mode(context,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) -> int {
        auto* const ticket = static_cast<TlsTicket::Body*>(SSL_get_ex_data(ssl, ticket_index()));
        if (ticket == nullptr) return 0;
        SSL_SESSION_free(ticket->session);
        ticket->session = session;  // the reference is ours now
        return 1;
    });
    return std::unique_ptr<TlsContext>(new TlsContext(std::move(body)));
}

Result<std::unique_ptr<TlsSession>> TlsContext::connect(int descriptor, const std::string& host,
                                                        bool host_is_ip, TlsTicket& ticket) {
    auto body = std::make_unique<TlsSession::Body>();
    body->ssl = SSL_new(body_->context);
    BIO* const bio = BIO_new(body_->socket);
    if (body->ssl == nullptr || bio == nullptr) {
        BIO_free(bio);
        return tls_error("no memory for a TLS connection");
    }
    BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
    BIO_set_init(bio, 1);
    SSL_set_bio(body->ssl, bio, bio);
    X509_VERIFY_PARAM* const rules = SSL_get0_param(body->ssl);
    X509_VERIFY_PARAM_set_hostflags(
        rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const int bound = host_is_ip ? X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str())
                                 : X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size());
    if (bound != 1) return tls_error("the host cannot be checked against a certificate");
    // (What SSL_set_tlsext_host_name does, without its C cast.)
    if (!host_is_ip && SSL_ctrl(body->ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                                const_cast<char*>(host.c_str())) != 1) {
        return tls_error("the host cannot be named to the receiver");
    }
    SSL_set_ex_data(body->ssl, ticket_index(), ticket.body_.get());
    if (ticket.body_->session != nullptr) SSL_set_session(body->ssl, ticket.body_->session);
    SSL_set_connect_state(body->ssl);
    return std::unique_ptr<TlsSession>(new TlsSession(std::move(body)));
}

}  // namespace assay::notify
