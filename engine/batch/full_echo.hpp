// The whole input of a product, for receivers that ask for it (`echo: full`).
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace assay::engine {

// Product after product: what product_data would be with nothing left out; an IMEI or a serial
// number is masked here too. Keeps its buffers from one to the next. Not thread-safe.
class FullEcho {
  public:
    FullEcho();
    ~FullEcho();
    FullEcho(const FullEcho&) = delete;
    FullEcho& operator=(const FullEcho&) = delete;

    // Of an item as it was taken in; nullopt: it is no JSON object that we read.
    std::optional<std::string> of(std::string_view json);

  private:
    struct Body;
    std::unique_ptr<Body> body_;
};

}  // namespace assay::engine
