// SPDX-License-Identifier: Apache-2.0
//! Where the C library is: the folder MESHROUTE_LIB_DIR, else what pkg-config says of `meshroute`.
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=MESHROUTE_LIB_DIR");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    if let Ok(folder) = std::env::var("MESHROUTE_LIB_DIR") {
        println!("cargo:rustc-link-search=native={folder}");
    } else if let Ok(said) = Command::new("pkg-config").args(["--libs-only-L", "meshroute"]).output() {
        if !said.status.success() {
            println!("cargo:warning=pkg-config does not know meshroute: set PKG_CONFIG_PATH, or MESHROUTE_LIB_DIR to the library's folder");
        }
        for flag in String::from_utf8_lossy(&said.stdout).split_whitespace() {
            if let Some(folder) = flag.strip_prefix("-L") {
                println!("cargo:rustc-link-search=native={folder}");
            }
        }
    }
    println!("cargo:rustc-link-lib=dylib=meshroute");
}
