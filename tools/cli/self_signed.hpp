// A certificate that nobody vouches for, for a receiver whose TLS is wrong on purpose.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/base/result.hpp"

namespace assay::tools {

// Certificate and key in files of their own (0600), which go with it.
class SelfSigned {
  public:
    // Self-signed, for the name "wrong.invalid", valid for a day. Errors: io_error, internal.
    static Result<std::unique_ptr<SelfSigned>> make();
    ~SelfSigned();
    SelfSigned(const SelfSigned&) = delete;
    SelfSigned& operator=(const SelfSigned&) = delete;

    std::string certificate() const { return (directory_ / "certificate.pem").string(); }
    std::string key() const { return (directory_ / "key.pem").string(); }

  private:
    explicit SelfSigned(std::filesystem::path directory) : directory_(std::move(directory)) {}
    std::filesystem::path directory_;
};

}  // namespace assay::tools
