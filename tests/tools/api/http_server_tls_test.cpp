// Serving HTTPS: a certificate made on the spot, a client that checks it.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>

#include "tests/support/manual_clock.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tools/api/http_server.hpp"

namespace assay::tools {
namespace {

using testing::FailsWith;
using testing::IsOk;

template <class T, auto Free>
struct FreeWith {
    void operator()(T* object) const { Free(object); }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, FreeWith<T, Free>>;

void write_certificate(const std::string& certificate_file, const std::string& key_file) {
    const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
    const Owned<X509, X509_free> certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3'600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const Owned<std::FILE, std::fclose> first(std::fopen(certificate_file.c_str(), "w"));
    PEM_write_X509(first.get(), certificate.get());
    const Owned<std::FILE, std::fclose> second(std::fopen(key_file.c_str(), "w"));
    PEM_write_PrivateKey(second.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

class Hello final : public HttpHandler {
  public:
    Begin begin(const HttpRequest&) override {
        HttpResponse response;
        response.body = std::string(100'000, 'x') + "hello";
        return response;
    }
};

// The whole answer to one GET over TLS of at most that version; nothing when the handshake fails.
std::string get_over_tls(std::uint16_t port, const std::string& certificate, int version_max) {
    const Owned<SSL_CTX, SSL_CTX_free> context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_max_proto_version(context.get(), version_max);
    SSL_CTX_load_verify_locations(context.get(), certificate.c_str(), nullptr);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    BIO* connection = BIO_new_ssl_connect(context.get());
    const Owned<BIO, BIO_free_all> owner(connection);
    BIO_set_conn_hostname(connection, ("127.0.0.1:" + std::to_string(port)).c_str());
    if (BIO_do_connect(connection) != 1) return {};
    BIO_puts(connection, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    std::string answer;
    char bytes[8'192];
    for (int size = 0; (size = BIO_read(connection, bytes, sizeof bytes)) > 0;)
        answer.append(bytes, static_cast<std::size_t>(size));
    return answer;
}

class HttpServerTlsTest : public ::testing::Test {
  protected:
    HttpServerTlsTest() { write_certificate(certificate, key); }
    testing::TemporaryDirectory directory;
    std::string certificate = directory.path() / "cert.pem";
    std::string key = directory.path() / "key.pem";
    testing::ManualClock clock;
    Hello handler;
};

TEST_F(HttpServerTlsTest, ServesHttpsFromVersion12On) {
    HttpServerOptions options;
    options.tls_certificate = certificate;
    options.tls_key = key;
    const auto server = HttpServer::start(options, handler, clock);
    ASSERT_THAT(server, IsOk());
    EXPECT_THAT((*server)->url(), ::testing::StartsWith("https://127.0.0.1:"));
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION})
        EXPECT_THAT(get_over_tls((*server)->port(), certificate, version),
                    ::testing::EndsWith("xhello"));
    EXPECT_EQ(get_over_tls((*server)->port(), certificate, TLS1_1_VERSION), "");
}

TEST_F(HttpServerTlsTest, SaysWhatIsWrongWithAKeyOrCertificate) {
    HttpServerOptions options;
    options.tls_certificate = directory.path() / "missing.pem";
    options.tls_key = key;
    EXPECT_THAT(HttpServer::start(options, handler, clock), FailsWith(ErrorCode::invalid_argument));
    options.tls_certificate = certificate;
    options.tls_key = certificate;
    EXPECT_THAT(HttpServer::start(options, handler, clock), FailsWith(ErrorCode::invalid_argument));
}

}  // namespace
}  // namespace assay::tools
