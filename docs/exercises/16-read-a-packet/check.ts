import { exercise, same, wanted } from '../runner/check.ts'

type Work = typeof import('./solution.ts')

/** The one of the chapter. */
const RECORDED = Buffer.from(
  '4500003cf3a54000400649147f0000017f000001d568816513ff1eed24c762a580180040fe3000000101080a221e84eecb84e57c48656c6c6f2e0d0a',
  'hex',
)

interface Made {
  readonly seq: number
  readonly text: string
  readonly ipOptions?: number
  readonly tcpOptions?: number
  readonly flags?: number
}

/** As a network card hands it over: what is shorter than 46 bytes is filled up (IEEE 802.3). Checksums are left at 0. */
function packetOf({ seq, text, ipOptions = 0, tcpOptions = 0, flags = 24 }: Made): Buffer {
  const ip = Buffer.alloc(20 + ipOptions, 1)
  const tcp = Buffer.alloc(20 + tcpOptions, 1)
  const payload = Buffer.from(text)
  ip.fill(0, 0, 20)
  tcp.fill(0, 0, 20)
  ip[0] = 0x40 | (ip.length / 4)
  ip.writeUInt16BE(ip.length + tcp.length + payload.length, 2)
  ip[8] = 64
  ip[9] = 6
  ip.set([10, 0, 0, 7, 192, 0, 2, 1], 12)
  tcp.writeUInt16BE(50_000, 0)
  tcp.writeUInt16BE(80, 2)
  tcp.writeUInt32BE(seq, 4)
  tcp[12] = (tcp.length / 4) << 4
  tcp[13] = flags
  const whole = Buffer.concat([ip, tcp, payload])
  return Buffer.concat([whole, Buffer.alloc(Math.max(0, 46 - whole.length))])
}

const START = 1_000
const at = (offset: number, text: string, start = START): Buffer =>
  packetOf({ seq: (start + offset) % 2 ** 32, text })

export default exercise<Work>(
  ['readPacket', 'firstGap'],
  [
    {
      name: 'the packet of the chapter',
      run({ readPacket }) {
        const { from, to, seq, flags, payload } = readPacket(RECORDED)
        same('from and to', [from, to], ['127.0.0.1:54632', '127.0.0.1:33125'])
        same('the number of its first byte', seq, 335_486_701)
        same('the flags', flags, ['PSH', 'ACK'])
        same('the text', String(payload), 'Hello.\r\n')
      },
    },
    {
      name: 'headers are as long as they say',
      run({ readPacket }) {
        for (const [ipOptions, tcpOptions] of [
          [0, 0],
          [0, 20],
          [8, 0],
          [40, 40],
        ] as const) {
          const packet = readPacket(packetOf({ seq: 7, text: 'x'.repeat(40), ipOptions, tcpOptions }))
          const what = `with ${20 + ipOptions} bytes of IP header and ${20 + tcpOptions} of TCP`
          same(`the ports ${what}`, [packet.from, packet.to], ['10.0.0.7:50000', '192.0.2.1:80'])
          same(
            `the text ${what}`,
            String(packet.payload),
            'x'.repeat(40),
            'Each header says its length, in words of 4 bytes.',
          )
        }
      },
    },
    {
      name: 'what stands behind the end of the packet is not of the packet',
      run({ readPacket }) {
        same(
          'the text of a packet of 42 bytes in a frame of 46',
          String(readPacket(packetOf({ seq: 7, text: 'Hi' })).payload),
          'Hi',
          'Bytes 2 and 3 say where the packet ends; the rest fills the frame up.',
        )
        same(
          'the length of an acknowledgement without text',
          readPacket(packetOf({ seq: 7, text: '', flags: 16 })).payload.length,
          0,
        )
      },
    },
    {
      name: 'numbers have no sign',
      run({ readPacket }) {
        same(
          'the number of ff ff ff fe',
          readPacket(packetOf({ seq: 0xfffffffe, text: 'x' })).seq,
          0xfffffffe,
          'Numbers go from 0 to 4294967295.',
        )
      },
    },
    {
      name: 'a whole stream has no gap, however it came',
      run({ firstGap }) {
        same('the gap in nothing', firstGap([], START), null)
        same('the gap in order', firstGap([at(0, 'one '), at(4, 'two '), at(8, 'three')], START), null)
        same(
          'the gap, when the second came last',
          firstGap([at(0, 'one '), at(8, 'three'), at(4, 'two ')], START),
          null,
          'Packets may overtake each other. Sort them by their numbers.',
        )
        same(
          'the gap, when one came twice',
          firstGap([at(0, 'one '), at(0, 'one '), at(4, 'two ')], START),
          null,
          'What was sent again has a number that you have seen.',
        )
        same(
          'the gap, when a longer piece came again in two',
          firstGap([at(0, 'one two '), at(4, 'two '), at(0, 'one'), at(8, 'three')], START),
          null,
          'A shorter packet within a longer one must not move the place back.',
        )
        const acknowledgement = packetOf({ seq: START + 9, text: '', flags: 16 })
        same('the gap before an acknowledgement', firstGap([at(0, 'one '), acknowledgement], START), null)
      },
    },
    {
      name: 'the first gap is found, from its first byte to the one behind its last',
      run({ firstGap }) {
        const hint = 'From where all before was there, to where the next packet begins.'
        same(
          'the gap where “two ” is lost',
          firstGap([at(0, 'one '), at(8, 'three')], START),
          { from: 1_004, to: 1_008 },
          hint,
        )
        same(
          'the gap at the very beginning',
          firstGap([at(4, 'two '), at(8, 'three')], START),
          { from: 1_000, to: 1_004 },
          hint,
        )
        same(
          'the first of two gaps, out of order',
          firstGap([at(30, 'six'), at(8, 'three'), at(0, 'one ')], START),
          { from: 1_004, to: 1_008 },
          hint,
        )
      },
    },
    {
      name: 'the counting begins again at 0',
      run({ firstGap }) {
        const start = 2 ** 32 - 6
        const all = [at(0, 'one ', start), at(4, 'two ', start), at(8, 'three', start)]
        same('the gap in a whole stream', firstGap(all, start), null, 'Compare distances from `start`.')
        const gap = firstGap([all[0]!, all[2]!], start)
        wanted(gap !== null, 'a gap was not seen where the numbers go from 4294967295 to 0')
        same('the gap', gap, { from: 2 ** 32 - 2, to: 2 }, '`>>> 0` keeps a number within 32 bits.')
      },
    },
  ],
)
