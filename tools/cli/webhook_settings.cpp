// Reads an endpoint's settings from options: values as people write them into the API's members.
// SPDX-License-Identifier: MIT
#include "tools/cli/webhook_settings.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <charconv>
#include <fstream>
#include <utility>

#include "tools/settings/quantity.hpp"

namespace assay::tools {
namespace {

constexpr std::size_t file_lines_max = 100;    // the server takes 32 headers
constexpr const char* by_default = "default";  // takes an override back

// "default" is null, which the API reads as that.
template <class Read>
Result<void> set(boost::json::object& overrides, const char* name, const char* option,
                 const std::string& text, Read read) {
    if (text.empty()) return {};
    if (text == by_default) {
        overrides[name] = nullptr;
        return {};
    }
    auto value = read(text);
    if (!value) {
        value.error().field = option;
        return std::move(value).error();
    }
    overrides[name] = *std::move(value);
    return {};
}

Result<std::int64_t> read_count(const std::string& text) {
    std::int64_t count = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (fault == std::errc() && end == text.data() + text.size()) return count;
    return fail(ErrorCode::invalid_argument, "\"" + text + "\" is no whole number");
}

Result<std::int64_t> read_milliseconds(const std::string& text) {
    const auto time = parse_duration(text);
    if (!time) return time.error();
    return time->count();
}

Result<std::string> as_it_is(const std::string& text) {
    return text;
}

// How a delivery is judged, sized and paced; the server knows the ranges.
Result<void> add_delivery_settings(const WebhookOptions& options, boost::json::object& overrides) {
    if (auto done = set(overrides, "success", "--success", options.success, as_it_is); !done)
        return done;
    if (auto done = set(overrides, "payload", "--payload", options.payload, as_it_is); !done)
        return done;
    if (auto done = set(overrides, "echo", "--echo", options.echo, as_it_is); !done) return done;
    if (auto done = set(overrides, "digest", "--digest", options.digest, as_it_is); !done)
        return done;
    if (auto done = set(overrides, "timeout", "--timeout", options.timeout, read_milliseconds);
        !done)
        return done;
    if (auto done =
            set(overrides, "max_in_flight", "--max-in-flight", options.max_in_flight, read_count);
        !done)
        return done;
    if (auto done = set(overrides, "max_body_bytes", "--max-body-bytes", options.max_body_bytes,
                        parse_size);
        !done)
        return done;
    if (options.strict) overrides["strict"] = *options.strict;
    return {};
}

Result<boost::json::object> metadata_of(const std::vector<std::string>& pairs) {
    boost::json::object metadata;
    for (const std::string& pair : pairs) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) {
            return fail(ErrorCode::invalid_argument, "\"" + pair + "\" is no key=value",
                        "--metadata", "write it like --metadata team=returns");
        }
        metadata[pair.substr(0, equals)] = pair.substr(equals + 1);
    }
    return metadata;
}

// The lines of a small file that hold anything.
Result<std::vector<std::string>> lines_of(const std::string& file, const char* option) {
    std::ifstream in(file);
    if (!in) return fail(ErrorCode::invalid_argument, "cannot read " + file, option);
    std::vector<std::string> lines;
    for (std::string line; lines.size() < file_lines_max && std::getline(in, line);) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' '))
            line.pop_back();
        if (!line.empty()) lines.push_back(line);
    }
    return lines;
}

Result<boost::json::object> headers_of(const WebhookOptions& options) {
    std::vector<std::string> lines = options.headers;
    if (!options.header_file.empty()) {
        auto more = lines_of(options.header_file, "--header-file");
        if (!more) return std::move(more).error();
        lines.insert(lines.end(), more->begin(), more->end());
    }
    boost::json::object headers;
    for (const std::string& line : lines) {
        const auto colon = line.find(':');
        if (colon == std::string::npos) {
            return fail(ErrorCode::invalid_argument, "there is no colon behind a header's name",
                        "--header", "write it like 'X-Team: returns'");
        }
        const auto start = line.find_first_not_of(' ', colon + 1);
        headers[line.substr(0, colon)] = start == std::string::npos ? "" : line.substr(start);
    }
    return headers;
}

Result<std::string> url_of(const WebhookOptions& options) {
    if (options.url_file.empty()) return options.url;
    const auto lines = lines_of(options.url_file, "--url-file");
    if (!lines) return lines.error();
    if (lines->size() == 1 && options.url.empty()) return lines->front();
    return fail(ErrorCode::invalid_argument,
                lines->size() == 1 ? "there is a --url beside it" : "is not one line with a URL",
                "--url-file");
}

Result<boost::json::object> overrides_of(const WebhookOptions& options) {
    boost::json::object overrides;
    if (options.retry == std::vector<std::string>{by_default}) {
        overrides["retry"] = nullptr;
    } else if (!options.retry.empty()) {
        boost::json::array delays;
        for (const auto& text : options.retry) {
            auto delay = parse_duration(text);
            if (!delay) {
                delay.error().field = "--retry";
                return std::move(delay).error();
            }
            delays.push_back(delay->count());
        }
        overrides["retry"] = boost::json::object{{"delays_ms", std::move(delays)}};
    }
    auto headers = headers_of(options);
    if (!headers) return std::move(headers).error();
    if (!headers->empty()) overrides["headers"] = *std::move(headers);
    if (!options.also_sign_with.empty()) {
        overrides["also_sign_with"] =
            boost::json::array(options.also_sign_with.begin(), options.also_sign_with.end());
    }
    if (!options.allowed_ips.empty()) {
        overrides["allowed_ips"] =
            boost::json::array(options.allowed_ips.begin(), options.allowed_ips.end());
    }
    if (auto more = add_delivery_settings(options, overrides); !more) return more.error();
    if (options.rate_limit > 0) overrides["rate_limit"] = options.rate_limit;
    if (options.store_id >= 0) overrides["store_id"] = options.store_id;
    return overrides;
}

void add_delivery_options(CLI::App& command, WebhookOptions& options) {
    command
        .add_option("--success", options.success,
                    "What counts as success: any_2xx, exactly_200 or default (its profile's rule)")
        ->check(CLI::IsMember({"any_2xx", "exactly_200", by_default}))
        ->type_name("RULE");
    command
        .add_option("--payload", options.payload,
                    "Bodies: auto (thin where they would be too large), full or thin")
        ->check(CLI::IsMember({"auto", "full", "thin"}))
        ->type_name("HOW");
    command
        .add_option("--echo", options.echo,
                    "Each product's input in bodies: reduced, or full with comparables and all")
        ->check(CLI::IsMember({"reduced", "full"}))
        ->type_name("HOW");
    command
        .add_option("--max-body-bytes", options.max_body_bytes,
                    "Above this size the body is thin, e.g. 256KiB; default: 1MiB")
        ->type_name("SIZE");
    command.add_flag_function(
        "--strict,!--no-strict", [&options](std::int64_t count) { options.strict = count > 0; },
        "Send what the guide names and nothing else, always in full");
    command
        .add_option("--timeout", options.timeout,
                    "What an answer may take, e.g. 30s; default: that of its profile")
        ->type_name("TIME");
    command
        .add_option("--max-in-flight", options.max_in_flight,
                    "At most so many attempts at the same time, or default")
        ->type_name("N");
    command
        .add_option("--digest", options.digest,
                    "Of reusely's signature: hmac_sha256, sha256_suffix or default")
        ->check(CLI::IsMember({"hmac_sha256", "sha256_suffix", by_default}))
        ->type_name("NAME");
}

}  // namespace

Result<boost::json::object> settings_of(const WebhookOptions& options) {
    boost::json::object body;
    const auto url = url_of(options);
    if (!url) return url.error();
    if (!url->empty()) body["url"] = *url;
    if (!options.channel.empty()) body["channel"] = options.channel;
    if (!options.recipients.empty()) {
        body["recipients"] =
            boost::json::array(options.recipients.begin(), options.recipients.end());
        if (options.channel.empty()) body["channel"] = "email";  // nothing else has any
    }
    if (!options.description.empty()) body["description"] = options.description;
    if (!options.profile.empty()) body["profile"] = options.profile;
    if (!options.events.empty()) {
        body["events"] = boost::json::array(options.events.begin(), options.events.end());
    }
    if (options.filter == "none") {
        body["filter"] = nullptr;
    } else if (!options.filter.empty()) {
        boost::system::error_code not_json;
        body["filter"] = boost::json::parse(options.filter, not_json);
        if (not_json) {
            return fail(ErrorCode::invalid_argument, "the filter is no JSON", "--filter",
                        R"(write it like '{"path":"/failed_products","gt":0}')");
        }
    }
    if (!options.metadata.empty()) {
        auto metadata = metadata_of(options.metadata);
        if (!metadata) return std::move(metadata).error();
        body["metadata"] = *std::move(metadata);
    }
    auto overrides = overrides_of(options);
    if (!overrides) return std::move(overrides).error();
    if (!overrides->empty()) body["overrides"] = *std::move(overrides);
    return body;
}

void add_webhook_settings(CLI::App& command, WebhookOptions& options) {
    command
        .add_option("--events", options.events,
                    "What to send, e.g. batch.* or * for everything; default: the end of a batch")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("TYPE,...");
    command
        .add_option("--profile", options.profile,
                    "Shape and signature: standard-webhooks (default), resell-scan, reusely, "
                    "sellapp, resilientlink, ztrace, cloudevents, github, stripe, svix, shopify, "
                    "discord, email, "
                    "or one of the server's own")
        ->type_name("NAME");
    command
        .add_option("--also-sign-with", options.also_sign_with,
                    "Send these profiles' signatures too, while a receiver moves")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("NAME,...");
    command.add_option("--store-id", options.store_id, "The store that sellapp's bodies name")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N");
    command.add_option("--description", options.description, "A note to yourself")
        ->type_name("TEXT");
    command
        .add_option("--metadata", options.metadata,
                    "Keep this beside it, instead of what it had; once per key")
        ->allow_extra_args(false)
        ->type_name("KEY=VALUE");
    command.add_option("--header", options.headers, "Send this header too, e.g. 'X-Team: returns'")
        ->allow_extra_args(false)
        ->type_name("'NAME: VALUE'");
    command
        .add_option("--header-file", options.header_file,
                    "Send the headers in this file too, one a line: other users can read a "
                    "command line, but not a file of yours")
        ->type_name("FILE");
    command
        .add_option("--url-file", options.url_file,
                    "Take --url from this file: a Discord webhook's URL is a secret")
        ->type_name("FILE");
    command
        .add_option(
            "--retry", options.retry,
            "Other delays before the retries, e.g. 30s,5m,2h; default: those of its profile")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("DELAY,...");
    add_delivery_options(command, options);
    command
        .add_option("--filter", options.filter,
                    R"(Only events whose data match, e.g. '{"path":"/failed_products","gt":0}')")
        ->type_name("JSON");
    command
        .add_option("--allowed-ips", options.allowed_ips,
                    "Where its name may lead to: addresses or blocks such as 203.0.113.0/24")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name("CIDR,...");
    command.add_option("--rate-limit", options.rate_limit, "At most so many attempts a second")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
}

}  // namespace assay::tools
