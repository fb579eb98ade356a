// Picks one line of a file of results and tells it in words.
// SPDX-License-Identifier: MIT
#include "tools/cli/explain.hpp"

#include <CLI/CLI.hpp>
#include <boost/json/parse.hpp>
#include <fstream>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "engine/base/limits.hpp"
#include "tools/cli/command.hpp"
#include "tools/cli/explanation.hpp"
#include "tools/cli/result_file.hpp"
#include "tools/cli/server_options.hpp"

namespace assay::tools {
namespace {

struct ExplainOptions {
    std::string file, product;
    bool json = false;
};

constexpr std::size_t ids_shown_max = 5;

// The line that is asked for. Errors: io_error, invalid_json, not_found, invalid_argument (several
// and none is named).
Result<boost::json::value> find_line(ResultFile& file, const std::string& product) {
    std::optional<boost::json::value> found;
    std::string ids;
    std::size_t count = 0;
    while (true) {
        auto line = file.next();
        if (!line) return std::move(line).error();
        if (!*line) break;
        const std::string id = text_member(**line, "product_id");
        if (!product.empty()) {
            if (id == product) return std::move(**line);
        } else if (!found) {
            found = std::move(**line);
        }
        if (++count <= ids_shown_max) ids += (ids.empty() ? "" : ", ") + id;
        if (product.empty() && count > ids_shown_max) break;
    }
    if (count == 0)
        return fail(ErrorCode::empty_batch, "holds no results", {},
                    "give what assay analyze --out or assay results wrote");
    if (count > ids_shown_max) ids += ", ...";
    if (!product.empty())
        return fail(ErrorCode::not_found, "no result is of the product \"" + product + "\"",
                    "--product", "its products are " + ids);
    if (count > 1)
        return fail(ErrorCode::invalid_argument, "holds several results: " + ids, {},
                    "name one with --product ID");
    return *std::move(found);
}

int run_explain(const ExplainOptions& options, CommandContext& context) {
    ResultFile file;
    if (auto opened = file.open(options.file, context.in); !opened)
        return report(context, opened.error());
    auto line = find_line(file, options.product);
    if (!line) return report_input(context, file.name(), line.error());
    if (options.json) {
        print_json(context, *line);
    } else {
        context.out << explanation(*line, {context.columns, context.colour_out}) << std::flush;
    }
    return exit_ok;
}

}  // namespace

void add_explain(CLI::App& application, CommandContext& context) {
    auto options = std::make_shared<ExplainOptions>();
    CLI::App* command = application.add_subcommand(
        "explain", "Show, step by step, what led to the verdict on one product");
    command->group(group_run);
    command
        ->add_option("file", options->file,
                     "Results as NDJSON (also .gz), from assay analyze or assay results; - is\n"
                     "standard input")
        ->required()
        ->type_name("");
    command->add_option("--product", options->product, "The product_id; not needed for one result")
        ->type_name("ID");
    command->add_flag("--json", options->json, "Print the result as it is");
    command->footer(
        "Examples:\n"
        "  assay analyze lot.csv --out results.ndjson && \\\n"
        "    assay explain results.ndjson --product SKU-7\n"
        "  assay results $BATCH | assay explain - --product SKU-7\n\n"
        "Exit code: 0 explained, 1 it could not be, 2 the command was called wrongly.\n");
    command->callback([options, &context] { context.exit_code = run_explain(*options, context); });
}

}  // namespace assay::tools
