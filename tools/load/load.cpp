// What a load is allowed to be, its bodies and addresses, and which of the two roads it takes.
// SPDX-License-Identifier: MIT
#include "tools/load/load.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>

#include "engine/base/limits.hpp"
#include "notify/endpoint/url.hpp"
#include "tools/load/load_roads.hpp"

namespace assay::tools {
namespace {

constexpr std::string_view due_name = "\"due_ns\":";
constexpr std::size_t due_digits = 20;  // room of the widest integer
constexpr std::string_view loopback = "127.0.0.1";
constexpr std::size_t body_bytes_min = 256;

Error out_of_range(const char* field, const std::string& range) {
    return fail(ErrorCode::invalid_argument, "must be " + range, field);
}

// Endpoints of their own addresses have connections of their own.
void allow_many_connections() {
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

double LoadReport::per_second() const noexcept {
    return seconds > 0 ? static_cast<double>(delivered) / seconds : 0;
}

Result<void> validate(const LoadOptions& options) {
    notify::UrlPolicy policy;
    policy.allow_http = policy.allow_loopback = true;
    const auto url = notify::parse_url(options.url, policy);
    if (!url) return url.error();
    if (url->host != "localhost" && !url->host.starts_with("127.") && url->host != "::1") {
        return fail(ErrorCode::invalid_argument,
                    "a load goes to receivers on this machine only: 127.0.0.1 or localhost", "url");
    }
    if (options.own_addresses && url->host != loopback) {
        return fail(ErrorCode::invalid_argument, "own addresses need http://127.0.0.1:PORT", "url");
    }
    if (options.deliveries < 1 || options.deliveries > 10'000'000) {
        return out_of_range("deliveries", "1 to 10,000,000");
    }
    if (options.body_bytes < body_bytes_min || options.body_bytes > limits::mebibyte) {
        return out_of_range("body_bytes", "256 to 1,048,576");
    }
    if (options.endpoints < 1 || options.endpoints > limits::endpoints_per_tenant_max) {
        return out_of_range("endpoints", "1 to 10,000");
    }
    if (options.in_flight < 1 || options.in_flight > limits::connections_per_origin_max) {
        return out_of_range("in_flight", "1 to 64");
    }
    if (options.silent >= options.endpoints) {
        return out_of_range("silent", "less than the endpoints");
    }
    if (options.silent > 0 && options.durable) {
        return fail(ErrorCode::invalid_argument, "silent endpoints are not for durable loads",
                    "silent");
    }
    if (!(options.rate >= 0 && options.rate <= 10'000'000)) {
        return out_of_range("rate", "0 to 10,000,000");
    }
    return {};
}

std::string load_body(std::size_t bytes, std::int64_t due_nanoseconds) {
    std::string body = R"({"text":")";
    const std::string_view middle = "\",";
    const std::size_t frame = body.size() + middle.size() + due_name.size() + due_digits + 1;
    body.append(bytes > frame ? bytes - frame : 0, 'x');
    body += middle;
    body += due_name;
    const std::string digits = std::to_string(due_nanoseconds);
    body.append(due_digits - digits.size(), ' ');
    return body + digits + '}';
}

std::int64_t due_of(std::string_view request) noexcept {
    // From the end: what stands before it is a long text.
    const std::size_t at = request.rfind(due_name);
    if (at == std::string_view::npos) return -1;
    std::string_view rest = request.substr(at + due_name.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    std::int64_t due = -1;
    std::from_chars(rest.data(), rest.data() + rest.size(), due);
    return due;
}

std::string own_address(std::string_view url, std::size_t index) {
    std::string own(url);
    const std::size_t at = own.find(loopback);
    if (at == std::string::npos) return own;
    const std::string address = "127." + std::to_string(1 + index / 65'536) + "." +
                                std::to_string(index / 256 % 256) + "." +
                                std::to_string(index % 256);
    return own.replace(at, loopback.size(), address);
}

Result<LoadReport> run_load(const LoadOptions& options, FastReceiver* receiver) {
    if (const auto valid = validate(options); !valid) return valid.error();
    allow_many_connections();
    return options.durable ? run_durable(options, receiver) : run_from_memory(options, receiver);
}

}  // namespace assay::tools
