// Certificates made when a test needs them: an authority and leaves that are right or wrong.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>

struct ssl_ctx_st;
struct x509_st;
struct evp_pkey_st;

namespace assay::testing {

class CertificateAuthority {
  public:
    CertificateAuthority();
    ~CertificateAuthority();
    CertificateAuthority(const CertificateAuthority&) = delete;
    CertificateAuthority& operator=(const CertificateAuthority&) = delete;

    // PEM of the authority's certificate.
    void write(const std::filesystem::path& path) const;

    struct Leaf {
        std::string common_name = "receiver";
        std::string alternative_names = "DNS:receiver.test";  // OpenSSL's notation; empty: none
        bool self_signed = false;
        int valid_days = 1;  // negative: it has expired
    };
    // A server context with such a certificate; SSL_CTX_free it, or let ServerContext do so.
    ssl_ctx_st* serve_with(const Leaf& leaf, int version_max = 0) const;

  private:
    x509_st* certificate_;
    evp_pkey_st* key_;
};

}  // namespace assay::testing
