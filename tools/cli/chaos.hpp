// A receiver that is unwell on purpose: what `assay listen --chaos` takes, and how it then answers.
// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"
#include "tools/api/http_message.hpp"

namespace assay::tools {

// A plain value. At most one of status, redirect, drip, reset and huge_body is set.
struct ChaosPlan {
    int status = 0;                     // answer with this; 0: as if well
    std::chrono::milliseconds delay{};  // before the answer
    std::string redirect;               // answer 307 to there
    bool drip = false;                  // a byte of the answer every half second
    bool reset = false;                 // the connection is cut behind the head of the answer
    bool huge_body = false;             // an answer of 1 GiB
    bool wrong_tls = false;             // https with a certificate that nobody vouches for
    std::int64_t every = 1;             // only every Nth delivery meets it

    bool ends_answer() const noexcept {
        return status != 0 || !redirect.empty() || drip || reset || huge_body;
    }
    friend bool operator==(const ChaosPlan&, const ChaosPlan&) = default;
};

// "status=503,delay=2000,every=3". Errors: invalid_argument on --chaos, naming the part.
Result<ChaosPlan> parse_chaos(std::string_view text);

// Whether the `number`th delivery, from 1, meets the chaos.
bool strikes(const ChaosPlan& plan, std::int64_t number) noexcept;

// The answer of a plan with ends_answer(). `wait` sleeps, and gives false when that is to end; it
// outlives the answer.
HttpResponse chaos_answer(const ChaosPlan& plan,
                          std::function<bool(std::chrono::milliseconds)> wait);

}  // namespace assay::tools
