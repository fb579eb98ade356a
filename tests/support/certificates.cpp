// X.509 by hand, through OpenSSL.
// SPDX-License-Identifier: MIT
#include "tests/support/certificates.hpp"

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <stdexcept>

namespace assay::testing {
namespace {

void must(bool ok) {
    if (!ok) throw std::runtime_error("a test certificate could not be made");
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    must(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

X509* make_certificate(const std::string& name, EVP_PKEY* key, int valid_days, long serial) {
    X509* const certificate = X509_new();
    must(certificate != nullptr);
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    const long day = 24L * 60 * 60;
    X509_gmtime_adj(X509_getm_notBefore(certificate), -2 * day);
    X509_gmtime_adj(X509_getm_notAfter(certificate), valid_days * day);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return certificate;
}

}  // namespace

CertificateAuthority::CertificateAuthority() : certificate_(nullptr), key_(EVP_EC_gen("P-256")) {
    must(key_ != nullptr);
    certificate_ = make_certificate("Test authority", key_, 10, 1);
    X509_set_issuer_name(certificate_, X509_get_subject_name(certificate_));
    add_extension(certificate_, certificate_, NID_basic_constraints, "critical,CA:TRUE");
    must(X509_sign(certificate_, key_, EVP_sha256()) > 0);
}

CertificateAuthority::~CertificateAuthority() {
    X509_free(certificate_);
    EVP_PKEY_free(key_);
}

void CertificateAuthority::write(const std::filesystem::path& path) const {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    must(file != nullptr);
    const bool written = PEM_write_X509(file, certificate_) == 1;
    std::fclose(file);
    must(written);
}

ssl_ctx_st* CertificateAuthority::serve_with(const Leaf& leaf, int version_max) const {
    EVP_PKEY* const key = EVP_EC_gen("P-256");
    must(key != nullptr);
    X509* const certificate = make_certificate(leaf.common_name, key, leaf.valid_days, 2);
    X509* const issuer = leaf.self_signed ? certificate : certificate_;
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
    if (!leaf.alternative_names.empty()) {
        add_extension(certificate, issuer, NID_subject_alt_name, leaf.alternative_names);
    }
    must(X509_sign(certificate, leaf.self_signed ? key : key_, EVP_sha256()) > 0);
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    must(context != nullptr && SSL_CTX_use_certificate(context, certificate) == 1 &&
         SSL_CTX_use_PrivateKey(context, key) == 1);
    if (version_max != 0) {
        SSL_CTX_set_security_level(context, 0);
        SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context, version_max);
    }
    const unsigned char id[] = "test";
    SSL_CTX_set_session_id_context(context, id, sizeof id);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}

}  // namespace assay::testing
