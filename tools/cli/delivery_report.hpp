// What became of one delivery, in words: timeline, cause, remedy, what comes next. Pure.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>

#include "engine/base/clock.hpp"

namespace assay::tools {

// A delivery as the server shows it, with include=request for a curl line, and its webhook as it is
// now; nullopt: it was deleted.
struct DeliveryFacts {
    boost::json::value delivery;
    std::optional<boost::json::value> webhook;
};

struct Diagnosis {
    std::string cause;   // a sentence
    std::string remedy;  // what to do about it; empty: nothing need be done
};

// Of its last attempt, or of why there was none. What it says to run can be run as it stands.
Diagnosis diagnose(const DeliveryFacts& facts);

// "in 4m", rounded down to what a person cares for; "now"; "-" where none is to come.
std::string next_attempt(const boost::json::value& delivery, TimePoint now);

// A curl line for a POSIX shell; empty without a `request`. A body over 2 KiB stands in a file.
std::string curl_line(const boost::json::value& delivery);

// The whole report for a terminal.
std::string delivery_report(const DeliveryFacts& facts, TimePoint now);

}  // namespace assay::tools
