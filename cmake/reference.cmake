# The API reference of include/ and capi/include: HTML by Doxygen, and no warning.
# -DDOXYGEN=PROGRAM -DSOURCE=DIR -DOUT=DIR -DVERSION=X.Y.Z
cmake_minimum_required(VERSION 3.22)
file(REMOVE_RECURSE ${OUT})
file(MAKE_DIRECTORY ${OUT})
# Comments stay plain in the sources: a filter makes Doxygen's of them. A comment behind a member is about that member.
set(c_filter "sed -E -e '1i /** @file */' -e 's,^( *)/[*] ,\\1/** ,' -e 's,([;{] *|[,] +)/[*] ,\\1/**< ,'")
# Comparison by member, which most structs have, is left out.
set(cpp_filter "sed -E -e '1i /** @file */' -e '/operator(==|<=>).* = default;/d' -e 's,([;{}] *|[,] +)//+<? (NOLINT[(][a-z-]*[)]:? )?,\\1///< ,'")
file(WRITE ${OUT}/Doxyfile "
PROJECT_NAME = meshroute
PROJECT_NUMBER = ${VERSION}
PROJECT_BRIEF = \"Is this Istio configuration right, where does a request go, to which endpoints, and why\"
INPUT = ${SOURCE}/include ${SOURCE}/capi/include
FILE_PATTERNS = *.hpp *.h
RECURSIVE = YES
OUTPUT_DIRECTORY = ${OUT}
STRIP_FROM_PATH = ${SOURCE}
STRIP_FROM_INC_PATH = ${SOURCE}/include ${SOURCE}/capi/include
FILTER_PATTERNS = *.h=\"${c_filter}\" *.hpp=\"${cpp_filter}\"
MACRO_EXPANSION = YES
EXPAND_ONLY_PREDEF = YES
PREDEFINED = MESHROUTE_API=
EXCLUDE_SYMBOLS = meshroute::registry meshroute::routes meshroute::view
HIDE_UNDOC_MEMBERS = NO
JAVADOC_AUTOBRIEF = YES
GENERATE_LATEX = NO
HAVE_DOT = NO
QUIET = YES
WARN_LOGFILE = ${OUT}/warnings.txt
")
execute_process(COMMAND ${DOXYGEN} ${OUT}/Doxyfile RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "doxygen failed: ${status}")
endif()
file(STRINGS ${OUT}/warnings.txt warnings)
# Fields, constants and initialisers with telling names have no comment. The top of meshroute.h describes all _free, _count and
# _get.
list(FILTER warnings EXCLUDE REGEX "Member .* [(](variable|enumvalue|macro definition)[)] of .* is not documented")
list(FILTER warnings EXCLUDE REGEX "Member meshroute_[a-z_]*(_free|_count|_get)[(].* is not documented")
# model::Map says that it is as std::map, and documents what differs.
list(FILTER warnings EXCLUDE REGEX "Member .* of (class meshroute::model::Map|class meshroute::SharedString|struct std::hash.*) is not documented")
list(FILTER warnings EXCLUDE REGEX "scope for class std::hash")
if(warnings)
  list(LENGTH warnings count)
  list(JOIN warnings "\n" warnings)
  message("${warnings}")
  message(FATAL_ERROR "${count} warnings, above")
endif()
