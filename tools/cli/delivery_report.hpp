// What became of one delivery, in words: timeline, cause, remedy, what comes next. Pure.
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "engine/base/clock.hpp"

namespace assay::tools {

struct Diagnosis {
    std::string cause;   // a sentence
    std::string remedy;  // what to do about it; empty: nothing need be done
};

// Of one attempt, as GET /v1/deliveries/{id} shows it: its status code, `error` and `phase`. The
// numbers of mail servers mean other things.
Diagnosis diagnose(const boost::json::value& attempt, bool is_mail = false);
// Whether the delivery, with its request, goes to a mail server.
bool is_mail(const boost::json::value& delivery);

// "in 4m", rounded down to what a person cares for; "now"; "-" where none is to come.
std::string next_attempt(const boost::json::value& delivery, TimePoint now);

// A curl line for a POSIX shell; empty without a `request`. A body over 2 KiB stands in a file.
std::string curl_line(const boost::json::value& delivery);

// The whole report for a terminal. `delivery` as the server shows it with include=request.
std::string delivery_report(const boost::json::value& delivery, TimePoint now);

}  // namespace assay::tools
