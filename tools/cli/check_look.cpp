// One GET over libcurl, to an address that was checked before.
// SPDX-License-Identifier: MIT
#include "tools/cli/check_look.hpp"

#include <curl/curl.h>

#include <memory>
#include <string_view>

namespace assay::tools {
namespace {

std::size_t ignore_bytes(char*, std::size_t size, std::size_t count, void*) {
    return size * count;
}

bool is_loopback(const std::string& remote) {
    return remote.starts_with("127.") || remote.starts_with("[::1]");
}

// The end of the first certificate of the chain, which is the server's own.
std::optional<TimePoint> certificate_end(CURL* curl) {
    curl_certinfo* chain = nullptr;
    if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == nullptr ||
        chain->num_of_certs == 0) {
        return std::nullopt;
    }
    constexpr std::string_view name = "Expire date:";
    for (const curl_slist* line = chain->certinfo[0]; line != nullptr; line = line->next) {
        const std::string_view text = line->data;
        if (!text.starts_with(name)) continue;
        const std::time_t end = curl_getdate(text.substr(name.size()).data(), nullptr);
        if (end == -1) return std::nullopt;
        return TimePoint(std::chrono::seconds(end));
    }
    return std::nullopt;
}

}  // namespace

Look look_at(const notify::Url& url, const std::string& remote, const std::string& ca_bundle,
             TimePoint now) {
    Look look;
    look.https = url.https;
    look.loopback = is_loopback(remote) || url.host == "localhost" || url.host == "::1" ||
                    (url.host_is_ip && url.host.starts_with("127."));
    if (remote.empty()) return look;
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                   &curl_easy_cleanup);
    if (curl == nullptr) return look;
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> pinned(
        curl_slist_append(nullptr, ("::" + remote).c_str()), &curl_slist_free_all);
    const std::string address = url.origin() + url.target;
    curl_easy_setopt(curl.get(), CURLOPT_URL, address.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl.get(), CURLOPT_CONNECT_TO, pinned.get());
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_CERTINFO, 1L);
    if (!ca_bundle.empty()) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, ca_bundle.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, ignore_bytes);
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, 5L);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_perform(curl.get());
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    look.get_status = static_cast<int>(status);
    if (const auto end = certificate_end(curl.get())) {
        look.days_left = std::chrono::duration_cast<std::chrono::hours>(*end - now).count() / 24;
    }
    return look;
}

}  // namespace assay::tools
