// X.509 by OpenSSL, into a temporary directory that only its owner can read.
// SPDX-License-Identifier: MIT
#include "tools/cli/self_signed.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include <cstdio>
#include <system_error>

namespace assay::tools {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate certificate_for(EVP_PKEY* key) {
    Certificate made(X509_new(), &X509_free);
    if (made == nullptr) return made;
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3'600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400);
    X509_NAME* const name = X509_get_subject_name(made.get());
    const auto* const text = reinterpret_cast<const unsigned char*>("wrong.invalid");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(made.get(), name);
    X509_set_pubkey(made.get(), key);
    if (X509_sign(made.get(), key, EVP_sha256()) <= 0) made.reset();
    return made;
}

template <class Write>
bool write_file(const std::string& path, const Write& write) {
    std::FILE* const file = std::fopen(path.c_str(), "w");
    if (file == nullptr) return false;
    const bool written = write(file);
    return std::fclose(file) == 0 && written;
}

}  // namespace

Result<std::unique_ptr<SelfSigned>> SelfSigned::make() {
    std::error_code failed;
    std::string pattern =
        (std::filesystem::temp_directory_path(failed) / "assay-tls-XXXXXX").string();
    if (failed || ::mkdtemp(pattern.data()) == nullptr) {
        return fail(ErrorCode::io_error, "cannot make a temporary directory for a certificate");
    }
    std::unique_ptr<SelfSigned> files(new SelfSigned(pattern));
    const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const Certificate made = key ? certificate_for(key.get()) : Certificate(nullptr, &X509_free);
    if (made == nullptr) return fail(ErrorCode::internal, "OpenSSL could not make a certificate");
    const bool written =
        write_file(files->certificate(),
                   [&](std::FILE* file) { return PEM_write_X509(file, made.get()) == 1; }) &&
        write_file(files->key(), [&](std::FILE* file) {
            return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr) ==
                   1;
        });
    if (!written) return fail(ErrorCode::io_error, "cannot write a certificate to " + pattern);
    return files;
}

SelfSigned::~SelfSigned() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

}  // namespace assay::tools
