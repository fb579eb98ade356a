// Makes the deliveries of `assay check` out of the samples that every profile has.
// SPDX-License-Identifier: MIT
#include "tools/cli/check_probes.hpp"

#include <algorithm>
#include <memory>
#include <string_view>

#include "engine/base/limits.hpp"
#include "engine/base/version.hpp"
#include "notify/profile/sample.hpp"

namespace assay::tools {
namespace {

constexpr std::int64_t far_off = 3'600;  // seconds: no receiver's tolerance reaches so far
constexpr std::string_view unheard_of = "assay_check.unheard_of";
// Valid JSON that comes out otherwise when it is parsed and written again.
constexpr std::string_view odd_spelling =
    "\"Gr\u00fc\u00dfe \u6f22\u5b57 \U0001F381 \\u00e9 \\/ 1.0\", \"assayodd\" :  1.50 ";
constexpr std::string_view member_name = "assaycheck";

struct Message {
    std::string id, type, body;
};

// What stands behind `before` up to `end`, replaced; nothing where `before` is not found.
void replace_value(std::string& body, std::string_view before, char end, std::string_view text) {
    const std::size_t found = body.find(before);
    if (found == std::string::npos) return;
    const std::size_t begin = found + before.size();
    body.replace(begin, body.find(end, begin) - begin, text);
}

// One more member at the body's end: receivers must bear what they do not know.
void add_member(std::string& body, std::string_view value) {
    const std::size_t end = body.rfind('}');
    body.insert(end, ",\"" + std::string(member_name) + "\":" + std::string(value));
}

class Maker {
  public:
    Maker(const ProbeInput& input, Random& random) : in_(input), random_(random) {
        notify::Destination to;
        to.url = in_.url;
        to.timeout = in_.profile.timeout;
        to.partition = "check";
        to.headers.add("Content-Type", in_.profile.content_type);
        to.headers.add("User-Agent", "Assay/" + std::string(version) + " check");
        to_ = std::make_shared<const notify::Destination>(std::move(to));
    }

    Result<Message> message(std::string_view type) {
        notify::Profile open = in_.profile;
        // The unheard-of type has the envelope of the others.
        open.accepts_any_type = true;
        auto body = notify::sample_body(open, type);
        if (!body) return body.error();
        Message made{"evt_" + make_uuid(random_), std::string(type), *std::move(body)};
        replace_value(made.body, "{\"id\":\"", '"', made.id);
        replace_value(made.body, "{\"specversion\":\"1.0\",\"id\":\"", '"', made.id);
        if (in_.profile.envelope == notify::Envelope::reusely) {
            object_id_ = object_id_ == 0 ? in_.now : object_id_ + 1;
            replace_value(made.body, "\"object_id\":", ',', std::to_string(object_id_));
            replace_value(made.body, "\"timestamp\":\"", '"', std::to_string(in_.now));
        }
        return made;
    }

    // Signed by `secrets` as of `time`; none: without a signature.
    Result<notify::SignedRequest> request(const Message& message,
                                          const std::vector<notify::Secret>& secrets,
                                          std::int64_t time) const {
        notify::SignedRequest request;
        request.to = to_;
        request.headers.add("X-Assay-Event-Id", message.id);
        request.headers.add("X-Assay-Delivery-Attempt", "1");
        const notify::MessageHeaders& named = in_.profile.headers;
        if (!named.type.empty()) request.headers.add(named.type, message.type);
        if (!named.delivery.empty()) {
            request.headers.add(named.delivery, message.id.substr(message.id.find('_') + 1));
        }
        request.body = std::make_shared<const std::string>(message.body);
        if (secrets.empty()) return request;
        notify::SignInput input{message.id, time, *request.body};
        if (in_.profile.signature.layout == notify::SignatureLayout::object_hex) {
            const auto stamp = notify::read_object_stamp(*request.body);
            if (!stamp) return stamp.error();
            input.object_id = stamp->object_id;
            input.event_time = stamp->event_time;
        }
        std::vector<notify::Signer> signers;
        for (const notify::Secret& secret : secrets) {
            auto signer = notify::Signer::make(in_.profile.signature, secret);
            if (!signer) return signer.error();
            signers.push_back(*std::move(signer));
        }
        notify::sign_headers(signers, input, request.headers);
        return request;
    }

    Result<notify::SignedRequest> make(Check check) {
        const std::string& usual = in_.profile.events.front().type;
        auto made = message(check == Check::unknown_type ? unheard_of : std::string_view(usual));
        if (!made) return made.error();
        std::vector<notify::Secret> secrets{in_.secret};
        std::int64_t time = in_.now;
        switch (check) {
            case Check::wrong_secret:
                secrets = {notify::Secret::generate(random_)};
                break;
            case Check::no_signature:
                secrets.clear();
                break;
            case Check::old_time:
                time -= far_off;
                break;
            case Check::future_time:
                time += far_off;
                break;
            case Check::rotation:
                secrets.insert(secrets.begin(), notify::Secret::generate(random_));
                break;
            case Check::exact_bytes:
                add_member(made->body, odd_spelling);
                break;
            case Check::large:
                add_member(made->body, "\"\"");
                made->body.insert(made->body.rfind('"'),
                                  limits::body_full_bytes_default - made->body.size(), 'x');
                break;
            case Check::tampered:
                return tampered(*made);
            default:
                break;
        }
        return request(*made, secrets, time);
    }

  private:
    Result<notify::SignedRequest> tampered(Message message) const {
        add_member(message.body, "\"a\"");
        auto signed_one = request(message, {in_.secret}, in_.now);
        if (!signed_one) return signed_one;
        message.body[message.body.rfind('a')] = 'b';
        signed_one->body = std::make_shared<const std::string>(std::move(message.body));
        return signed_one;
    }

    const ProbeInput& in_;
    Random& random_;
    std::shared_ptr<const notify::Destination> to_;
    std::int64_t object_id_ = 0;
};

bool is_delivery(Check check) {
    return check != Check::quick && check != Check::method && check != Check::transport;
}

}  // namespace

Result<std::vector<Probe>> make_probes(const ProbeInput& input, Random& random) {
    Maker maker(input, random);
    std::vector<Probe> probes;
    for (const Check check : checks) {
        if (!is_delivery(check) || !not_applicable(check, input.profile).empty()) continue;
        if (check == Check::duplicate) {
            probes.push_back({check, probes.front().request});
            continue;
        }
        auto request = maker.make(check);
        if (!request) return request.error();
        probes.push_back({check, *std::move(request)});
    }
    return probes;
}

}  // namespace assay::tools
