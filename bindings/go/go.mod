module meshroute

go 1.21
