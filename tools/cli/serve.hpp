// `assay serve`: the server, wired in reading order.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "engine/base/limits.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/comps_file.hpp"

namespace assay::tools {

struct ServeOptions {
    std::string data_directory = "assay-data";
    std::string listen = "127.0.0.1:8080";
    std::string public_url;  // empty: the address that is listened on
    std::string tls_certificate, tls_key;
    std::string key_file;
    std::vector<std::string> endpoint_cidrs;
    bool allow_insecure_endpoints = false;
    bool recover = false;
    std::string keep;  // "results=30,..."; empty: the defaults
    std::uint64_t store_gibibytes = limits::store_bytes_max / (1024 * limits::mebibyte);
    std::string fees_directory;  // the user's own fee files; empty: none
    CompsFileOptions comps;      // for tenants that have uploaded none
    int threads = 0;             // of the graph; 0: one per core
};

void add_serve(CLI::App& application, CommandContext& context);

// "127.0.0.1:8080", "[::1]:0". Errors: invalid_argument.
struct ListenAddress {
    std::string address;
    std::uint16_t port = 0;
};
Result<ListenAddress> parse_listen(const std::string& text);

// Runs until SIGTERM or SIGINT, then drains; a second signal ends the program at once. Gives the
// exit code.
int run_serve(const ServeOptions& options, CommandContext& context);

}  // namespace assay::tools
