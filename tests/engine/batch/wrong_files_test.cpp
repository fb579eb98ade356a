// Tests of files that are no list of products: each gets one sentence, in every format.
// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/engine/batch/taken_items.hpp"
#include "tests/support/matchers.hpp"

namespace assay::engine {
namespace {

using namespace std::string_literals;
using testing::FailsWith;
using ::testing::HasSubstr;
using testing::take;
using testing::Taken;

constexpr InputFormat formats[] = {InputFormat::csv, InputFormat::json, InputFormat::ndjson,
                                   InputFormat::xlsx};

Taken read(InputFormat format, std::string_view bytes) {
    IntakeOptions options;
    options.format = format;
    return take(options, bytes);
}

std::string noise(std::size_t size) {
    std::uint64_t state = 42;
    std::string out;
    for (std::size_t i = 0; i < size; ++i) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        out += static_cast<char>(state >> 56);
    }
    return out;
}

struct WrongFile {
    std::string bytes;
    std::string_view is;
};

TEST(WrongFiles, AreToldWhatTheyAreAndWhatIsAccepted) {
    const WrongFile files[] = {
        {"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF"},
        {"\x89PNG\r\n\x1a\n", "picture (PNG)"},
        {"\xff\xd8\xff\xe0\0\x10JFIF"s, "picture (JPEG)"},
        {"GIF89a", "picture (GIF)"},
        {"RIFF\x10\0\0\0WEBPVP8 "s, "picture (WebP)"},
        {"II*\0\x08\0\0\0"s, "picture (TIFF)"},
        {"\0\0\0\x18"
         "ftypheic"s,
         "HEIC"},
        {"\x7f"
         "ELF\x02\x01\x01"s,
         "is a program"},
        {"MZ\x90\0\x03\0"s, "Windows program"},
        {"{\\rtf1\\ansi", "text document (RTF)"},
        {"<!DOCTYPE html><html>", "web page"},
        {"\r\n <HTML><body><table>", "web page"},
        {"<table><tr><td>Title", "web page"},
        {"<?xml version=\"1.0\"?><Workbook>", "web page or XML"},
        {"\x1f\x8b\x08", "gzip"},
        {"BZh91AY", "bzip2"},
        {"7z\xbc\xaf\x27\x1c", "7z archive"},
        {"Rar!\x1a\x07", "RAR archive"},
        {std::string(257, 'a') + "ustar", "tar archive"},
        {"SQLite format 3\0"s, "SQLite"},
        {"PAR1\x15\x04", "Parquet"},
        {noise(4096), "binary data"},
    };
    for (const WrongFile& file : files) {
        for (const InputFormat format : formats) {
            const Taken taken = read(format, file.bytes);
            ASSERT_THAT(taken.result, FailsWith(ErrorCode::unsupported_media)) << file.is;
            EXPECT_THAT(taken.result.error().message, HasSubstr(file.is));
            EXPECT_FALSE(taken.result.error().remedy.empty()) << file.is;
            EXPECT_TRUE(taken.items.empty()) << file.is;
        }
    }
}

TEST(WrongFiles, NothingIsAnEmptyBatch) {
    for (const InputFormat format : formats) {
        for (const std::string& bytes : {""s, " "s, "\n\r\n\t\n"s, "\n"s}) {
            const Taken taken = read(format, bytes);
            ASSERT_THAT(taken.result, FailsWith(ErrorCode::empty_batch)) << bytes.size();
            EXPECT_THAT(taken.result.error().message,
                        HasSubstr(bytes.empty() ? "is empty" : "nothing but blank lines"));
            EXPECT_THAT(taken.result.error().remedy, HasSubstr(".xlsx"));
        }
        EXPECT_THAT(read(format, std::string(100'000, '\n')).result,
                    FailsWith(ErrorCode::empty_batch));
    }
}

TEST(WrongFiles, TextUnderTheNameOfAWorkbookIsTold) {
    for (const std::string_view text : {"Title,Qty\nA,1\n", "{\"title\":\"A\"}\n"}) {
        const Taken taken = read(InputFormat::xlsx, text);
        ASSERT_THAT(taken.result, FailsWith(ErrorCode::unsupported_media));
        EXPECT_THAT(taken.result.error().message, HasSubstr("text, not an Excel workbook"));
    }
}

TEST(WrongFiles, AControlCharacterThatStraysIntoALineFailsThatLineAlone) {
    const Taken taken = read(InputFormat::ndjson, "{\"title\":\"A\x01\"}\n{\"title\":\"B\"}\n");
    EXPECT_TRUE(taken.result.has_value());
    EXPECT_EQ(taken.items.size(), 2U);
}

}  // namespace
}  // namespace assay::engine
