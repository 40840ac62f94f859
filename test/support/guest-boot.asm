; Guest of the tests: 512 bytes, 16-bit real mode, no operating system.
; Prints "BOOT A=<hex> B=<hex>" on COM1: the two counters found on the first disk. Where the byte at
; offset 508 is not zero it then adds one for ever and writes the counter to sector 2048, then to
; sector 100000, of the first disk; else it stands still.
; Whatever moment a copy of the disk is of: A == B or A == B + 1, unless the copy is torn.
; Assemble with: nasm -f bin -o guest-boot.bin guest-boot.asm
bits 16
org 0x7c00
start:
  xor ax, ax
  mov ds, ax
  mov es, ax
  mov ss, ax
  mov sp, 0x7c00
  mov [drive], dl
  cld
  mov si, text_a
  call print
  mov eax, 2048
  mov [lba], eax
  mov ah, 0x42
  call disk
  mov eax, [buffer]
  mov [counter], eax
  call hex
  mov si, text_b
  call print
  mov dword [lba], 100000
  mov ah, 0x42
  call disk
  mov eax, [buffer]
  call hex
  mov si, text_end
  call print
  cmp byte [mode], 0
  jne again
  cli
  hlt
again:
  inc dword [counter]
  mov eax, [counter]
  mov [buffer], eax
  mov dword [lba], 2048
  mov ah, 0x43
  call disk
  mov dword [lba], 100000
  mov ah, 0x43
  call disk
  jmp again

disk:                     ; ah = 0x42 read, 0x43 write; one sector, packet at dap
  xor al, al
  mov dl, [drive]
  mov si, dap
  int 0x13
  ret

hex:                      ; eax as eight digits
  mov cx, 8
.next:
  rol eax, 4
  push eax
  and al, 15
  cmp al, 10
  jb .digit
  add al, 'A' - '0' - 10
.digit:
  add al, '0'
  call putc
  pop eax
  loop .next
  ret

print:
  lodsb
  test al, al
  jz .end
  call putc
  jmp print
.end:
  ret

putc:                     ; al to COM1 when it is ready
  push dx
  push ax
  mov dx, 0x3fd
.wait:
  in al, dx
  test al, 0x20
  jz .wait
  pop ax
  mov dx, 0x3f8
  out dx, al
  pop dx
  ret

text_a: db "BOOT A=", 0
text_b: db " B=", 0
text_end: db 13, 10, 0
drive: db 0
counter: dd 0
align 4
dap: db 16, 0
  dw 1
  dw buffer, 0
lba: dd 0, 0
times 508 - ($ - $$) db 0
mode: db 1, 0
dw 0xaa55
buffer equ 0x8000
