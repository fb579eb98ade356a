// The resources of the API: one function per route, one file per resource. Private to the module.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tools/api/api.hpp"

namespace assay::tools::resources {

// Errors become problem documents in the router.
using Answer = Result<HttpResponse>;

inline constexpr std::size_t idempotency_key_bytes_max = 255;
// 1 to 255 printable characters. `place`: where it stood. Errors: invalid_argument.
Result<void> check_idempotency_key(std::string_view key, std::string_view place);
Result<std::optional<std::string>> idempotency_key_of(const HttpRequest& request);  // of the header

// batches.cpp
Result<std::unique_ptr<BodySink>> begin_submission(ApiCall& call);
Answer list_batches(ApiCall& call);
Answer get_batch(ApiCall& call);
Answer cancel_batch(ApiCall& call);
Answer delete_batch(ApiCall& call);
// results.cpp: with a key, or with the token of a results link.
Answer get_results(ApiCall& call);
// event_stream.cpp
Answer stream_batch(ApiCall& call);
// events.cpp
Answer list_events(ApiCall& call);
// publish.cpp
Answer publish_event(ApiCall& call);
// Whether users may publish under a type. Errors: invalid_argument (type), saying why not.
Result<void> check_published_type(const std::string& type);
// event_schemas.cpp
Answer put_event_schema(ApiCall& call);
Answer get_event_schema(ApiCall& call);
Answer delete_event_schema(ApiCall& call);
// event_types.cpp
Answer list_event_types(ApiCall& call);
// webhooks.cpp
Answer create_webhook(ApiCall& call);
Answer list_webhooks(ApiCall& call);
Answer get_webhook(ApiCall& call);
Answer change_webhook(ApiCall& call);
Answer enable_webhook(ApiCall& call);
Answer disable_webhook(ApiCall& call);
Answer rotate_webhook_secret(ApiCall& call);
Answer delete_webhook(ApiCall& call);
Answer test_webhook(ApiCall& call);
// deliveries.cpp
Answer list_webhook_deliveries(ApiCall& call);
Answer list_deliveries(ApiCall& call);
Answer get_delivery(ApiCall& call);
Answer redeliver(ApiCall& call);
// replay.cpp
Answer recover_webhook(ApiCall& call);
Answer replay_deliveries(ApiCall& call);
// comps.cpp
Result<std::unique_ptr<BodySink>> begin_comps_upload(ApiCall& call);
Answer get_comps(ApiCall& call);
Answer delete_comps(ApiCall& call);
// keys.cpp
Answer create_key(ApiCall& call);
Answer list_keys(ApiCall& call);
Answer revoke_key(ApiCall& call);
// tenants.cpp
Answer get_account(ApiCall& call);
Answer change_account(ApiCall& call);
Answer create_tenant(ApiCall& call);
Answer list_tenants(ApiCall& call);
Answer get_tenant(ApiCall& call);
Answer patch_tenant(ApiCall& call);
Answer disable_tenant(ApiCall& call);
Answer enable_tenant(ApiCall& call);
// openapi.cpp
Answer get_openapi(ApiCall& call);
// quota.cpp
// The refusal of a submission: what is used, what is left, and when it starts anew.
HttpResponse over_quota(ApiServices& services, const TenantId& tenant, const Error& error);
Answer get_quota(ApiCall& call);
// operations.cpp
Answer get_health(ApiCall& call);
Answer get_readiness(ApiCall& call);
Answer get_metrics(ApiCall& call);

}  // namespace assay::tools::resources
