// /openapi.json: the API's own description, docs/openapi.json.
// SPDX-License-Identifier: MIT
#include "engine/base/embedded.hpp"
#include "tools/api/api_json.hpp"
#include "tools/api/resources.hpp"

namespace assay::embedded {
std::span<const EmbeddedFile> api_document();
}

namespace assay::tools::resources {

Answer get_openapi(ApiCall& call) {
    if (const auto allowed = call.query.only({}); !allowed) return allowed.error();
    const auto files = embedded::api_document();
    HttpResponse response = json_response(200, std::string(files.front().bytes));
    response.fields.push_back({"Access-Control-Allow-Origin", "*"});  // for viewers elsewhere
    return response;
}

}  // namespace assay::tools::resources
