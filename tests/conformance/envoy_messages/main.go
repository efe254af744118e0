// SPDX-License-Identifier: Apache-2.0

// Writes src/envoy/messages.inc: the fields and types of Envoy's configuration messages, as Istio's validation knows them.
// Build it in a module that requires the release of istio.io/istio that the facts are from, then: envoy_messages > messages.inc
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	_ "istio.io/istio/pkg/config/schema/collections"
)

// What patches name; other messages are there where one of these has them.
var packages = []string{"envoy.config.", "envoy.extensions.", "envoy.type.", "envoy.watchdog.", "envoy.tcp.", "io.istio.", "istio.envoy.", "udpa.type.", "xds.core.", "xds.type."}

// The messages that JSON has in a form of their own.
const forms = "Any BoolValue BytesValue DoubleValue Duration Empty FloatValue Int32Value Int64Value ListValue StringValue Struct Timestamp UInt32Value UInt64Value Value"

var scalars = map[protoreflect.Kind]string{
	protoreflect.BoolKind: "b", protoreflect.StringKind: "s", protoreflect.BytesKind: "y", protoreflect.FloatKind: "f", protoreflect.DoubleKind: "d",
	protoreflect.Int32Kind: "i", protoreflect.Sint32Kind: "i", protoreflect.Sfixed32Kind: "i", protoreflect.Uint32Kind: "u", protoreflect.Fixed32Kind: "u",
	protoreflect.Int64Kind: "I", protoreflect.Sint64Kind: "I", protoreflect.Sfixed64Kind: "I", protoreflect.Uint64Kind: "U", protoreflect.Fixed64Kind: "U",
}

func value(f protoreflect.FieldDescriptor) protoreflect.FieldDescriptor {
	if f.IsMap() {
		return f.MapValue()
	}
	return f
}

func main() {
	messages, enums := map[string]protoreflect.MessageDescriptor{}, map[string]protoreflect.EnumDescriptor{}
	var add func(m protoreflect.MessageDescriptor)
	add = func(m protoreflect.MessageDescriptor) {
		name := string(m.FullName())
		if messages[name] != nil || m.IsMapEntry() {
			return
		}
		messages[name] = m
		for i := 0; i < m.Fields().Len(); i++ {
			f := value(m.Fields().Get(i))
			if f.Message() != nil {
				add(f.Message())
			} else if f.Enum() != nil {
				enums[string(f.Enum().FullName())] = f.Enum()
			}
		}
	}
	protoregistry.GlobalTypes.RangeMessages(func(t protoreflect.MessageType) bool {
		name := string(t.Descriptor().FullName())
		for _, p := range packages {
			if strings.HasPrefix(name, p) {
				add(t.Descriptor())
			}
		}
		if short, found := strings.CutPrefix(name, "google.protobuf."); found && strings.Contains(" "+forms+" ", " "+short+" ") {
			add(t.Descriptor())
		}
		return true
	})
	unread := map[string]protoreflect.MessageDescriptor{} // known to Istio, and part of no configuration
	protoregistry.GlobalTypes.RangeMessages(func(t protoreflect.MessageType) bool {
		if name := string(t.Descriptor().FullName()); messages[name] == nil && !t.Descriptor().IsMapEntry() {
			unread[name] = t.Descriptor()
		}
		return true
	})
	names, enumNames := []string{}, []string{}
	for name := range messages {
		names = append(names, name)
	}
	for name, message := range unread {
		names, messages[name] = append(names, name), message
	}
	for name := range enums {
		enumNames = append(enumNames, name)
	}
	sort.Strings(names)
	sort.Strings(enumNames)
	place := func(all []string, name string) string {
		return strconv.FormatInt(int64(sort.SearchStrings(all, name)), 36)
	}

	fmt.Println("// SPDX-License-Identifier: Apache-2.0\n// Made by tests/conformance/envoy_messages; do not edit. messages.cpp says how it is read.\n// clang-format off\nconstexpr std::string_view kMessageText =")
	group := ""
	for _, name := range names {
		m := messages[name]
		if p := string(m.ParentFile().Package()); p != group {
			group = p
			write("@" + p)
		}
		row := strings.TrimPrefix(name, group+".")
		if unread[name] != nil {
			row += " ?"
		}
		for i := 0; i < m.Fields().Len() && unread[name] == nil; i++ {
			f := m.Fields().Get(i)
			v := value(f)
			kind := scalars[v.Kind()]
			if v.Enum() != nil {
				kind = "e" + place(enumNames, string(v.Enum().FullName()))
			} else if v.Message() != nil {
				kind = "m" + place(names, string(v.Message().FullName()))
			}
			if f.IsMap() {
				kind += "%" + scalars[f.MapKey().Kind()]
			} else if f.IsList() {
				kind += "*"
			}
			row += " " + string(f.Name()) + ":" + kind
		}
		write(row)
	}
	fmt.Println("    \"\";\nconstexpr std::string_view kEnumText =")
	for _, name := range enumNames {
		row := ""
		for i := 0; i < enums[name].Values().Len(); i++ {
			row += string(enums[name].Values().Get(i).Name()) + " "
		}
		write(strings.TrimSpace(row))
	}
	fmt.Fprintln(os.Stdout, "    \"\";\n// clang-format on")
}

// A line of the text, in strings of at most 110 letters.
func write(line string) {
	line += "\\n"
	for len(line) > 110 {
		cut := strings.LastIndexByte(line[:110], ' ') + 1
		if cut == 0 {
			cut = 110
		}
		fmt.Printf("    %q\n", line[:cut])
		line = line[cut:]
	}
	fmt.Printf("    \"%s\"\n", line)
}
