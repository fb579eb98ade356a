// Endpoints, samples and clocks of a load.
// SPDX-License-Identifier: MIT
#include "tools/load/load_roads.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <thread>

namespace assay::tools {
namespace {

double processor_now() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::vector<notify::Header> headers_of(std::string_view head) {
    std::vector<notify::Header> headers;
    for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
        const std::size_t end = std::min(head.find("\r\n", at), head.size());
        const std::size_t colon = head.find(": ", at);
        if (colon < end) {
            headers.push_back({std::string(head.substr(at, colon - at)),
                               std::string(head.substr(colon + 2, end - colon - 2))});
        }
        at = end + 2;
    }
    return headers;
}

}  // namespace

std::vector<notify::Endpoint> load_endpoints(const LoadOptions& options, Random& random) {
    std::vector<notify::Endpoint> endpoints(options.endpoints);
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        notify::Endpoint& endpoint = endpoints[i];
        const std::string number = std::to_string(i);
        endpoint.id = EndpointId("wh_load" + std::string(8 - number.size(), '0') + number);
        endpoint.tenant = TenantId("default");
        endpoint.url = i < options.silent ? options.silent_url : options.url;
        if (options.own_addresses || i < options.silent)
            endpoint.url = own_address(endpoint.url, i);
        endpoint.events = {"*"};
        endpoint.secret = notify::Secret::generate(random);
        endpoint.overrides.max_in_flight = options.in_flight;
    }
    return endpoints;
}

Result<std::uint64_t> verify_samples(const FastReceiver& receiver,
                                     std::span<const notify::Endpoint> endpoints,
                                     std::uint64_t delivered, const Clock& clock) {
    if (receiver.received() < delivered) {
        return fail(ErrorCode::internal,
                    "only " + std::to_string(receiver.received()) + " requests have arrived");
    }
    std::vector<notify::Secret> secrets;
    for (const notify::Endpoint& endpoint : endpoints)
        secrets.push_back(endpoint.secret);
    notify::VerifyOptions options;
    options.now = to_unix_seconds(clock.now());
    std::uint64_t verified = 0;
    for (const std::string& sample : receiver.samples()) {
        const std::string_view whole = sample;
        const std::size_t end = whole.find("\r\n\r\n");
        const auto headers = headers_of(whole.substr(0, end));
        const auto good = notify::verify(notify::SignatureLayout::standard_webhooks, secrets,
                                         headers, whole.substr(end + 4), options);
        if (!good) {
            return fail(ErrorCode::internal,
                        "a request that arrived does not verify: " + good.error().message);
        }
        ++verified;
    }
    return verified;
}

Stopwatch::Stopwatch() : begun_(std::chrono::steady_clock::now()), processor_(processor_now()) {}
double Stopwatch::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
}
double Stopwatch::processor_seconds() const {
    return processor_now() - processor_;
}

std::size_t due_by_now(double rate, SteadyTime begun, std::size_t all) noexcept {
    const std::chrono::duration<double> gone = std::chrono::steady_clock::now() - begun;
    return std::min(all, static_cast<std::size_t>(gone.count() * rate));
}
SteadyTime due_time(double rate, SteadyTime begun, std::size_t index) noexcept {
    return begun + std::chrono::nanoseconds(
                       static_cast<std::int64_t>(static_cast<double>(index) / rate * 1e9));
}

void pause() {
    std::this_thread::sleep_for(pause_between_looks);
}

}  // namespace assay::tools
