// Any bytes as an address or block: what is taken reads back, and spelling never changes a verdict.
// SPDX-License-Identifier: MIT
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "notify/endpoint/address.hpp"

namespace {

using namespace assay::notify;

void judge(const Address& address) {
    const AddressPolicy loopback{true, {}, {}};
    const auto again = parse_address(address.text());
    if (!again || *again != address) std::abort();
    const bool forbidden = !forbidden_by(address, {}).empty();
    if (forbidden != !forbidden_by(*again, {}).empty()) std::abort();
    // A laxer policy never forbids more.
    if (!forbidden && !forbidden_by(address, loopback).empty()) std::abort();
    const AddressPolicy listed{false, {Cidr{address, 128}}, {}};
    if (!forbidden_by(address, listed).empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto address = parse_address(text)) judge(*address);
    if (const auto cidr = parse_cidr(text)) {
        if (cidr->prefix < 0 || cidr->prefix > 128) std::abort();
        if (!cidr->contains(cidr->base)) std::abort();
    }
    if (size >= 16) {
        Address address;
        std::memcpy(address.bytes.data(), data, address.bytes.size());
        judge(address);
    }
    return 0;
}
