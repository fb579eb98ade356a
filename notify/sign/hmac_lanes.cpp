// HMAC lanes over Intel's multi-buffer library, whose names clash with OpenSSL's: no file has both.
// SPDX-License-Identifier: MIT
#include "notify/sign/hmac_lanes.hpp"

#include <intel-ipsec-mb.h>

#include <algorithm>
#include <array>
#include <cassert>

namespace assay::notify {
namespace {

// Two SHA-NI streams hide each other's latency; sixteen AVX-512 lanes are quicker still, but only
// when enough of them are filled: the two meet at nine to ten texts of 1 KB
// (docs/decisions/dispatch.md).
constexpr std::size_t wide_jobs_min = 10;
// Without SHA-NI OpenSSL's single stream is about as slow as a lane, so a few lanes win already.
constexpr std::size_t plain_jobs_min = 4;

struct FreeManager {
    void operator()(IMB_MGR* manager) const noexcept { free_mb_mgr(manager); }
};
using Manager = std::unique_ptr<IMB_MGR, FreeManager>;

Manager start(std::uint64_t needs, void (*init)(IMB_MGR*)) {
    Manager manager(alloc_mb_mgr(0));
    if (!manager || (manager->features & needs) != needs) return nullptr;
    init(manager.get());
    const bool ready = imb_get_errno(manager.get()) == 0 && manager->submit_hash_burst_nocheck;
    return ready ? std::move(manager) : nullptr;
}

}  // namespace

struct HmacLanes::Body {
    Manager narrow;  // two streams of SHA-NI, or eight lanes of AVX2
    Manager wide;    // sixteen lanes of AVX-512
    std::size_t jobs_min = 2;
    std::string_view name;
    std::array<IMB_JOB, jobs_max> jobs{};
};

HmacLanes::HmacLanes(std::unique_ptr<Body> body) : body_(std::move(body)) {}
HmacLanes::~HmacLanes() = default;

std::unique_ptr<HmacLanes> HmacLanes::make() {
    auto body = std::make_unique<Body>();
    body->narrow = start(IMB_CPUFLAGS_SSE_T2, init_mb_mgr_sse);
    body->wide = start(IMB_CPUFLAGS_AVX512, init_mb_mgr_avx512);
    if (body->narrow) {
        body->name = body->wide ? "SHA-NI and AVX-512" : "SHA-NI";
    } else if (body->wide) {
        body->jobs_min = plain_jobs_min;
        body->name = "AVX-512";
    } else {
        body->narrow = start(IMB_CPUFLAGS_AVX2, init_mb_mgr_avx2);
        if (!body->narrow) return nullptr;
        body->jobs_min = plain_jobs_min;
        body->name = "AVX2";
    }
    for (IMB_JOB& job : body->jobs) {
        job.cipher_mode = IMB_CIPHER_NULL;
        job.chain_order = IMB_ORDER_HASH_CIPHER;
        job.hash_alg = IMB_AUTH_HMAC_SHA_256;
        job.auth_tag_output_len_in_bytes = 32;
    }
    return std::unique_ptr<HmacLanes>(new HmacLanes(std::move(body)));
}

std::size_t HmacLanes::jobs_min() const noexcept {
    return body_->jobs_min;
}

std::string_view HmacLanes::name() const noexcept {
    return body_->name;
}

bool HmacLanes::sign(std::span<const LaneJob> jobs) noexcept {
    assert(jobs.size() <= jobs_max);
    const auto bytes = [](const auto* pointer) {
        return reinterpret_cast<const std::uint8_t*>(pointer);
    };
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        assert(!jobs[i].text.empty());
        IMB_JOB& job = body_->jobs[i];
        job.src = bytes(jobs[i].text.data());
        job.hash_start_src_offset_in_bytes = 0;
        job.msg_len_to_hash_in_bytes = jobs[i].text.size();
        job.u.HMAC._hashed_auth_key_xor_ipad = bytes(jobs[i].inner);
        job.u.HMAC._hashed_auth_key_xor_opad = bytes(jobs[i].outer);
        job.auth_tag_output = reinterpret_cast<std::uint8_t*>(jobs[i].digest);
        job.status = IMB_STATUS_BEING_PROCESSED;
    }
    const bool is_wide = body_->wide && (!body_->narrow || jobs.size() >= wide_jobs_min);
    IMB_MGR* const manager = is_wide ? body_->wide.get() : body_->narrow.get();
    const auto count = static_cast<std::uint32_t>(jobs.size());
    // Without its checks: all they look at is set above.
    const std::uint32_t done =
        IMB_SUBMIT_HASH_BURST_NOCHECK(manager, body_->jobs.data(), count, IMB_AUTH_HMAC_SHA_256);
    return done == count &&
           std::all_of(body_->jobs.begin(), body_->jobs.begin() + count,
                       [](const IMB_JOB& job) { return job.status == IMB_STATUS_COMPLETED; });
}

}  // namespace assay::notify
