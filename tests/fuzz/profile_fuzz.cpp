// Any bytes as a profile of a user's own: refused with a reason, or one that can be signed, sent
// and verified as it says.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>

#include "notify/profile/sample.hpp"

namespace {

using namespace assay::notify;

void expect(bool good) {
    if (!good) std::abort();
}

// Header names and the content type end up in requests as they are.
void expect_one_line(std::string_view text) {
    for (const char c : text)
        expect(c >= 0x20 && c < 0x7f);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto profile = parse_profile({reinterpret_cast<const char*>(data), size});
    if (!profile) {
        expect(!profile.error().message.empty());
        return 0;
    }
    expect_one_line(profile->name);
    expect_one_line(profile->content_type);
    expect_one_line(profile->headers.type);
    expect_one_line(profile->headers.delivery);
    static const Secret secret =
        Secret::parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").value();
    std::vector<Signer> signers;
    signers.push_back(Signer::make(profile->signature, secret).value());
    const std::string body = R"({"object_id":7,"timestamp":"1779705000"})";
    std::vector<Header> headers;
    sign_headers(signers, {"evt_1", 1'779'705'000, body, 7, 1'779'705'000}, headers);
    for (const Header& header : headers) {
        expect_one_line(header.name);
        expect_one_line(header.value);
    }
    expect(verify(profile->signature, {&secret, 1}, headers, body,
                  {std::chrono::seconds(0), 1'779'705'000})
               .has_value());
    // A catalogue may promise what an event cannot give; then there is a reason, and no body.
    for (const std::string& type : profile->catalogue)
        (void)sample_body(*profile, type);
    return 0;
}
